/** Splits what people paste from papers, SIMBAD or a telescope's screen into right ascension and declination. */

export interface Position {
  ra: string;
  dec: string;
}

const NUMBER = String.raw`\d+(?:\.\d*)?`;
/** Hours or degrees, minutes, seconds: parted by colons, blanks or unit letters. */
const SEXAGESIMAL = String.raw`\d{1,3}\s*[:hHdD°\s]\s*\d{1,2}(?:\s*[:mM'′\s]\s*${NUMBER}\s*[sS"″]?|(?:\.\d+)?\s*[mM'′]?)`;

const SIGNED = new RegExp(
  String.raw`^(${SEXAGESIMAL}|[+-]?${NUMBER}°?)\s*[,;\s]?\s*([+\-−–]\s*(?:${SEXAGESIMAL}|${NUMBER}°?))$`,
);
const PARTED = new RegExp(String.raw`^(${SEXAGESIMAL}|[+-]?${NUMBER}°?)\s*[,;]\s*(${SEXAGESIMAL}|${NUMBER}°?)$`);
const SIX = new RegExp(String.raw`^(\d{1,2}[:\s]\d{1,2}[:\s]${NUMBER})\s+(\d{1,2}[:\s]\d{1,2}[:\s]${NUMBER})$`);
const TWO = new RegExp(String.raw`^([+-]?${NUMBER}°?)\s+(${NUMBER}°?)$`);

/** What stands before and behind numbers without changing what they mean: `RA = `, `δ:`, `deg`, `(J2000)`. */
const LABEL =
  /(?<![\p{L}\d])(?:R\.?A\.?|Dec(?:l)?\.?|α|δ|alpha|delta)(?!\p{L})\s*[:=]?\s*|\(?(?:J2000(?:\.0)?|ICRS|FK5)\)?/giu;
const DEGREES = /(?<=\d)\s*(?:deg(?:rees)?|d)(?=[\s,;]|$)/gi;
const PACKED = /^(\d\d)(\d\d)(\d\d(?:\.\d*)?)\s*([+\-−–])(\d\d)(\d\d)(\d\d(?:\.\d*)?)$/;

/** The text without labels, its parts as the patterns above know them. */
function plain(text: string): string {
  return text
    .replace(LABEL, " ")
    .replace(DEGREES, "°")
    .replace(/\//g, ", ")
    .trim()
    .replace(/\s+/g, " ")
    .replace(/ ([,;])/g, "$1")
    .replace(PACKED, "$1:$2:$3 $4$5:$6:$7");
}

/**
 * The two coordinates as the archive reads them, or null where the text is no position. A sign or a comma parts them;
 * without either, two numbers or twice three.
 */
export function readPosition(text: string): Position | null {
  const bare = plain(text);
  const match = SIGNED.exec(bare) ?? PARTED.exec(bare) ?? SIX.exec(bare) ?? TWO.exec(bare);
  if (match === null) return null;
  const tidy = (part: string) =>
    part
      .trim()
      .replace(/^[−–]/, "-")
      .replace(/^([+-])\s+/, "$1")
      .replace(/°$/, "");
  return { ra: tidy(match[1]!), dec: tidy(match[2]!) };
}

/** Whether a text that is no position may be an object's name: "M 51", "3C 273", but not "13:29". */
export function looksLikeName(text: string): boolean {
  const trimmed = text.trim();
  return /\p{L}/u.test(trimmed) && !/^[+\-−–\d][\d\s.,:;+\-−–hmsdHMSD°'′"″]*$/.test(trimmed);
}
