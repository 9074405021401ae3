/** The API's description as one page of HTML without scripts. */
import { html, raw } from "hono/html";
import type { ApiDocument } from "./openapi.ts";

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h2 { margin-top: 2.5rem; }
section { border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: .5rem 0 1rem; }
h3 { font: 600 1rem/1.5 ui-monospace, monospace; margin: .5rem 0; overflow-wrap: anywhere; }
h3 b { display: inline-block; min-width: 4.5rem; }
table { border-collapse: collapse; width: 100%; }
td, th { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
details { margin: .5rem 0; }
a { color: inherit; }
`;

interface Described {
  name: string;
  in?: string;
  description?: string;
  example?: unknown;
}

interface Operation {
  summary?: string;
  tags?: string[];
  parameters?: Described[];
  requestBody?: { content?: Record<string, { schema?: unknown }> };
  responses?: Record<string, { description?: string }>;
}

function parameterTable(parameters: Described[]) {
  if (parameters.length === 0) return "";
  const rows = parameters.map(
    ({ name, description, example }) => html`<tr>
      <td><code>${name}</code></td>
      <td>${description ?? ""}</td>
      <td>${example === undefined ? "" : html`<code>${String(example)}</code>`}</td>
    </tr>`,
  );
  return html`<details ${parameters.length < 6 ? raw("open") : ""}>
    <summary>${parameters.length} parameter${parameters.length === 1 ? "" : "s"}</summary>
    <table>
      <tr><th>Name</th><th>Meaning</th><th>Example</th></tr>
      ${rows}
    </table>
  </details>`;
}

/** Names of the fields of a body's schema, as far as it is an object's. */
function fieldsOf(operation: Operation): string[] {
  const [first] = Object.values(operation.requestBody?.content ?? {});
  const schema = first?.schema as { properties?: Record<string, unknown>; required?: string[] } | undefined;
  return Object.keys(schema?.properties ?? {}).map((name) =>
    schema?.required?.includes(name) ? name : `${name} (optional)`,
  );
}

function operationSection(method: string, path: string, operation: Operation) {
  const fields = fieldsOf(operation);
  const types = Object.keys(operation.requestBody?.content ?? {});
  return html`<section id="${method}-${path}">
    <h3><b>${method.toUpperCase()}</b> ${path}</h3>
    <p>${operation.summary ?? ""}.</p>
    ${types.length === 0 ? "" : html`<p>Body: ${types.join(", ")}${fields.length === 0 ? "" : `: ${fields.join(", ")}`}</p>`}
    ${parameterTable(operation.parameters ?? [])}
    <table>
      ${Object.entries(operation.responses ?? {}).map(
        ([status, response]) => html`<tr><td><code>${status}</code></td><td>${response.description ?? ""}</td></tr>`,
      )}
    </table>
  </section>`;
}

export function apiPage(document: ApiDocument, nonce: string) {
  const byTag = new Map<string, unknown[]>();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(item as Record<string, Operation>)) {
      const tag = operation.tags?.[0] ?? "Other";
      byTag.set(tag, [...(byTag.get(tag) ?? []), operationSection(method, path, operation)]);
    }
  }
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Platevault: the API</title>
<style nonce="${nonce}">${raw(STYLE)}</style>
</head>
<body>
<h1>${document.info.title}: the API</h1>
<p>${document.info.description ?? ""}</p>
<p>The same for programs: <a href="../openapi.json">openapi.json</a>. <a href="../">To the archive</a>.</p>
${[...byTag].sort(([a], [b]) => a.localeCompare(b)).map(([tag, sections]) => html`<h2>${tag}</h2>${sections}`)}
</body>
</html>`;
}
