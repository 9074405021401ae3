import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { ALL_USES, signLink } from "../../src/archive/links.ts";
import { config } from "../../src/config.ts";
import { fixture } from "../fixture.ts";
import { add, ask, person } from "./archive.ts";

const settings = { ANONYMOUS: "public" };
const PEOPLE = ["staff", "member", "other", undefined] as const;
type Asking = (typeof PEOPLE)[number];

/** Every address that answers GET, for frames that everybody, some and only the staff may see. */
const addresses: string[] = [];

beforeAll(async () => {
  await person("staff", { isStaff: true });
  const member = await person("member", { proposals: ["P1"] });
  await person("other");
  const bytes = await fixture("pack/i16.fits");
  const past = Date.UTC(2020, 0, 1);
  const later = Date.UTC(2100, 0, 1);
  const ids: number[] = [];
  for (const [name, about] of Object.entries({
    open: { publicDate: past },
    members: { publicDate: later, propid: "P1" },
    hidden: { publicDate: later, propid: "P2" },
  })) {
    ids.push((await add(`${name}.fits`, bytes, { ...about, related: ["open", "members", "hidden"] })).id);
  }
  const described = (await (await ask("/openapi.json")).json()) as { paths: Record<string, { get?: unknown }> };
  const queries: Record<string, string[]> = {
    "/frames/{id}/download/": ["", "?version=1", "?format=fits"],
    "/frames/{id}/preview/": ["", "?width=20", "?version=1"],
    "/frames/zip/": ["", `?frame_ids=${ids}`, "?format=csv", "?format=urls"],
    "/versions/": [`?frame_id=${ids[1]}`, "?basename=members"],
  };
  for (const [path, { get }] of Object.entries(described.paths)) {
    if (get === undefined) continue;
    for (const id of path.includes("{id}") ? ids : [0]) {
      for (const query of queries[path] ?? [""]) addresses.push(path.replace("{id}", String(id)) + query);
    }
  }
  // Whoever has the link sees the frame by it; what was kept for them is nobody else's without it.
  const link = { version: 1, user: member, uses: ALL_USES, expires: Date.now() + 3600_000 };
  for (const use of ALL_USES) {
    addresses.push(`/frames/${ids[1]}/${use}/?${signLink(config(env), { frame: ids[1]!, ...link })}`);
  }
});

interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

async function answerOf(address: string, headers: Headers): Promise<Answer> {
  const answer = await ask(address, { headers: Object.fromEntries(headers), settings });
  return {
    status: answer.status,
    headers: answer.headers,
    body: new TextDecoder("latin1").decode(await answer.bytes()),
  };
}

/**
 * What a cache that has kept one person's answer gives to the next, as RFC 9111 allows it and no more careful than that;
 * null where it asks the archive as if it had kept nothing. `shared`: a proxy's, else that of a browser.
 */
async function cached(
  shared: boolean,
  address: string,
  kept: Answer,
  [first, next]: [Headers, Headers],
): Promise<Answer | null> {
  const control = kept.headers.get("Cache-Control") ?? "";
  if (/no-store/.test(control) || (shared && /private/.test(control))) return null;
  // §3.5: with Authorization a shared cache keeps only what says so.
  if (shared && first.has("Authorization") && !/public|s-maxage|must-revalidate/.test(control)) return null;
  const varies = kept.headers.get("Vary")?.toLowerCase().split(/, */) ?? [];
  if (!varies.every((name) => first.get(name) === next.get(name))) return null;
  if (/max-age=[1-9]/.test(control) && !/no-cache/.test(control)) return kept;
  const tag = kept.headers.get("ETag");
  if (tag === null) return null;
  const again = await answerOf(address, new Headers([...next, ["If-None-Match", tag]]));
  return again.status === 304 ? kept : again;
}

const headersOf = (name: Asking) =>
  new Headers(name === undefined ? {} : { Authorization: `Token ${`${name}-token`.padEnd(40, "0")}` });

/** Without what differs from one answer to the next. */
function stable({ status, body }: Answer): string {
  const same = body.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME").replace(/s=[\w.]+/g, "s=LINK");
  return `${status} ${same.replace(/nonce="[^"]*"/g, "")}`;
}

describe("no cache shows anybody what only others may see", () => {
  it("neither a proxy, nor a browser that several people use", async () => {
    const wrong: string[] = [];
    let used = 0;
    for (const address of addresses) {
      const direct = new Map<Asking, Answer>();
      for (const name of PEOPLE) direct.set(name, await answerOf(address, headersOf(name)));
      for (const [first, kept] of direct) {
        for (const next of PEOPLE) {
          for (const shared of [true, false]) {
            const got = await cached(shared, address, kept, [headersOf(first), headersOf(next)]);
            if (got === null) continue;
            used++;
            if (stable(got) !== stable(direct.get(next)!)) wrong.push(`${first}, then ${next}: ${address}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    // The test would see nothing if nothing were kept, or no address known.
    expect(used).toBeGreaterThan(40);
    expect(addresses.length).toBeGreaterThan(40);
  });
});
