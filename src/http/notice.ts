/** A small drawn notice, for places that show images and nothing else. */

const COLUMNS = 30;
const MOST_LINES = 5;

function escaped(text: string): string {
  const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, " ").replace(/[&<>"']/g, (c) => ENTITIES[c]!);
}

/** Words on lines of a few characters; what does not fit ends in an ellipsis. */
function lines(text: string): string[] {
  const found: string[] = [""];
  for (const word of text.split(/\s+/)) {
    const last = found.length - 1;
    if (found[last] !== "" && found[last]!.length + 1 + word.length > COLUMNS) found.push(word.slice(0, COLUMNS));
    else found[last] = `${found[last]} ${word}`.trim().slice(0, COLUMNS);
  }
  return found.length <= MOST_LINES ? found : [...found.slice(0, MOST_LINES - 1), `${found[MOST_LINES - 1]} …`];
}

/** An SVG picture of 200 × 200. */
export function notice(title: string, text: string): string {
  const body = lines(text).map((line, i) => `<text x="100" y="${108 + 14 * i}" font-size="10">${escaped(line)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200" viewBox="0 0 200 200" role="img">
<title>${escaped(`${title}: ${text}`)}</title>
<rect width="200" height="200" fill="#23272e"/>
<g fill="#c9d1d9" font-family="system-ui, sans-serif" text-anchor="middle">
<text x="100" y="84" font-size="14" font-weight="bold">${escaped(title)}</text>
${body.join("\n")}
</g></svg>
`;
}
