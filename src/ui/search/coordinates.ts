/** Splits what people paste from papers, SIMBAD or a telescope's screen into right ascension and declination. */

export interface Position {
  ra: string;
  dec: string;
}

const NUMBER = String.raw`\d+(?:\.\d*)?`;
const DECIMAL = String.raw`(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;
/** Hours or degrees, minutes, seconds: parted by colons, blanks or unit letters. */
const SEXAGESIMAL = String.raw`\d{1,3}\s*[:hHdD°\s]\s*\d{1,2}(?:\s*[:mM'′\s]\s*${NUMBER}\s*[sS"″]?|(?:\.\d+)?\s*[mM'′]?)`;
const EAST = `${SEXAGESIMAL}|-?${DECIMAL}[°hH]?`;

const SIGNED = new RegExp(String.raw`^(${EAST})\s*[,;\s]?\s*([+-]\s*(?:${SEXAGESIMAL}|${DECIMAL}°?))$`);
const PARTED = new RegExp(String.raw`^(${EAST})\s*[,;]\s*(${SEXAGESIMAL}|${DECIMAL}°?)$`);
const SIX = new RegExp(String.raw`^(\d{1,2}[:\s]\d{1,2}[:\s]${NUMBER})\s+(\d{1,2}[:\s]\d{1,2}[:\s]${NUMBER})$`);
const UNITS = new RegExp(String.raw`^(\d{1,2}[hH]\s*\d{1,2}\s*[mM]\s*${NUMBER}\s*[sS])\s*(${SEXAGESIMAL})$`);
const TWO = new RegExp(String.raw`^(-?${DECIMAL}[°hH]?)\s+(${DECIMAL}°?)$`);

/** What stands before and behind numbers without changing what they mean: `RA = `, `δ:`, `(J2000)`. */
const LABEL =
  /(?<![\p{L}\d])(?:R\.?A\.?|Dec(?:l)?\.?|α|δ|alpha|delta)(?!\p{L})\s*[:=]?\s*|\(?(?:J2000(?:\.0)?|ICRS|FK5)\)?/giu;
const PACKED = /^(\d\d)(\d\d)(\d\d(?:\.\d*)?)\s*([+-])(\d\d)(\d\d)(\d\d(?:\.\d*)?)$/;

/** Signs, units and brackets as programs, word processors and printed tables write them, each with its plain form. */
const PLAIN: readonly (readonly [RegExp, string])[] = [
  [LABEL, " "],
  [/[−–]/g, "-"],
  [/[’ʹ]/g, "'"],
  [/[”ʺ]|''|′′/g, '"'],
  [/[º˚]/g, "°"],
  [/(?<=\d)\s*(?:\^?ʰ|\^h|hours?|hrs?)(?!\p{L})/giu, "h"],
  [/(?<=\d)\s*(?:ᵐ|\^m|arcmin|min(?:utes?)?)(?!\p{L})/giu, "m"],
  [/(?<=\d)\s*(?:ˢ|\^s|arcsec|sec(?:onds?)?)(?!\p{L})/giu, "s"],
  [/(?<=\d)\s*(?:ᵈ|\^d|deg(?:rees?)?)(?!\p{L})/giu, "°"],
  [/(?<=\d)\s*d(?=[\s,;]|$)/gi, "°"],
  // The unit over the point, as journals print it: 52ˢ.7 or 52.ˢ7.
  [/(?<=\d)([hms°'"′″])\.(\d+)/gi, ".$2$1"],
  [/(?<=\d)\.([hms°'"′″])(\d+)/gi, ".$2$1"],
  [/[/|]/g, ", "],
  [/\s+/g, " "],
  [/^[\s,;([{+]+|[\s,;)\]}]+$/g, ""],
  [/ ([,;])/g, "$1"],
  [PACKED, "$1:$2:$3 $4$5:$6:$7"],
];

/**
 * The two coordinates as the archive reads them, or null where the text is no position. A sign, a comma or their units
 * part them; without these, two numbers or twice three.
 */
export function readPosition(text: string): Position | null {
  const bare = PLAIN.reduce((before, [from, to]) => before.replace(from, to), text);
  const match = [SIGNED, PARTED, SIX, UNITS, TWO].map((form) => form.exec(bare)).find((found) => found !== null);
  if (match === undefined) return null;
  return { ra: tidy(match[1]!), dec: tidy(match[2]!) };
}

function tidy(part: string): string {
  const plain = part
    .trim()
    .replace(/^([+-])\s+/, "$1")
    .replace(/^([+-]?[\d.eE+-]+)°$/, "$1");
  const hours = /^(-?[\d.eE+-]+)h$/i.exec(plain);
  return hours === null ? plain : String(Number((15 * Number(hours[1])).toPrecision(15)));
}

/** Whether a text that is no position may be an object's name: "M 51", "3C 273", but not "13:29". */
export function looksLikeName(text: string): boolean {
  const trimmed = text.trim();
  return /\p{L}/u.test(trimmed) && !/^[+\-−–\d][\d\s.,:;+\-−–hmsdHMSD°'′"″]*$/.test(trimmed);
}
