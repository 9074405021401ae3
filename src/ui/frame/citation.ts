/** How a frame is named in a paper: exact to the byte, by its version and SHA-256. */
import type { Frame } from "../api/frame.ts";

/** What BibTeX and LaTeX would read as commands. A backslash first becomes a letter that no other rule touches. */
function latex(text: string): string {
  return text.replace(/[\\{}$&#%_~^]/g, (char) => {
    if (char === "\\") return "\\textbackslash{}";
    if (char === "~") return "\\textasciitilde{}";
    if (char === "^") return "\\textasciicircum{}";
    return `\\${char}`;
  });
}

export interface Citation {
  text: string;
  bibtex: string;
}

/** `archive`: its address, with a slash at the end. `today`: ISO date on which it was looked at. */
export function citationOf(frame: Frame, archive: string, today: string): Citation {
  const { host, href: address } = new URL(`frame/${frame.id}?version=${frame.version}`, archive);
  const taken = `${frame.DATE_OBS.slice(0, 19).replace("T", " ")} UTC`;
  const what = [frame.OBJECT ?? frame.OBSTYPE, frame.FILTER].filter(Boolean).join(", ");
  const where = `${frame.SITEID} ${frame.TELID} ${frame.INSTRUME}`;
  const text =
    `${frame.basename} (${what}), taken ${taken} with ${where}. Platevault archive ${host}, version ${frame.version}, ` +
    `SHA-256 ${frame.sha256}, ${address}, retrieved ${today}.`;
  const key = `${frame.basename.replace(/[^A-Za-z0-9:.-]/g, "-")}-v${frame.version}`;
  const bibtex = [
    `@misc{${key},`,
    `  title        = {{${latex(`${frame.basename} (${what})`)}}},`,
    `  author       = {{${latex(where)}}},`,
    `  year         = {${frame.DATE_OBS.slice(0, 4)}},`,
    `  howpublished = {Platevault archive ${latex(host)}},`,
    `  url          = {${address}},`,
    `  urldate      = {${today}},`,
    `  note         = {FITS file, taken ${taken}, version ${frame.version}, SHA-256 ${frame.sha256}},`,
    "}",
    "",
  ].join("\n");
  return { text, bibtex };
}
