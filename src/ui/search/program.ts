/** The very query of a search as a command or a program. The token is left for the person to put in. */

/** `root`: the archive's address. A query has no single quote (URLSearchParams writes %27), so a shell changes nothing. */
export function asCurl(root: string, query: string): string {
  return `curl -H "Authorization: Token $ARCHIVE_TOKEN" '${root}frames/?${query}'`;
}

/** A program that needs nothing but Python itself. */
export function asPython(root: string, query: string): string {
  const params = [...new URLSearchParams(query)].map(([name, value]) => `    (${python(name)}, ${python(value)}),`);
  return [
    `# ARCHIVE_TOKEN in the environment is a token of yours: ${root}account makes one.`,
    "import json",
    "import os",
    "from urllib.parse import urlencode",
    "from urllib.request import Request, urlopen",
    "",
    "query = [",
    ...params,
    "]",
    "request = Request(",
    `    ${python(`${root}frames/?`)} + urlencode(query),`,
    '    headers={"Authorization": f"Token {os.environ[\'ARCHIVE_TOKEN\']}"},',
    ")",
    "with urlopen(request, timeout=60) as answer:",
    '    frames = json.load(answer)["results"]',
    "for frame in frames:",
    '    print(frame["id"], frame["basename"], frame["DATE_OBS"])',
    "",
  ].join("\n");
}

/** A string literal of Python: JSON's escapes are a subset of Python's. */
function python(text: string): string {
  return JSON.stringify(text);
}
