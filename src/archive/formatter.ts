/**
 * PATH_FORMATTER and FILENAME_FORMATTER: templates with pyobs's placeholders, as pyobs_archive/api/utils.py
 * (`FilenameFormatter`) reads them. Where the original fails on a value that is no string, its text is taken instead.
 */
import type { Card } from "../fits/card.ts";
import { parseDateObs } from "../sky/date-obs.ts";
import { SkyError } from "../sky/errors.ts";
import { ArchiveError } from "./errors.ts";

/** A header as far as a template needs it: the first card of a keyword. */
export interface FormatterHeader {
  card(keyword: string): Pick<Card, "type" | "value"> | undefined;
}

export interface FormatterOptions {
  /** Values that are not the header's, such as a night that was worked out. */
  keys?: Record<string, string>;
  /** Changes each value before it is put in; what the template itself says stays. */
  clean?: (value: string) => string;
  /** What stands for a keyword that is not there; without it, that is an error. */
  missing?: string;
}

/** `{KEY}`, `{KEY|method}`, `{KEY|method:parameter}`; whatever else has braces is plain text, as in the original. */
const PLACEHOLDER = /\{([\p{L}\p{N}_-]+)(?:\|([\p{L}\p{N}_-]+)(?::([\p{L}\p{N}_-]*))?)?\}/gu;
/** Image types that have their filter in the name. */
const FILTERED = ["light", "object", "flat"];

type Value = Pick<Card, "type" | "value">;
type Lookup = (keyword: string) => Value;

/** The template with its placeholders filled in. Throws BAD_PARAMETER, naming the keyword and the placeholder. */
export function formatTemplate(template: string, header: FormatterHeader, options: FormatterOptions = {}): string {
  const fromHeader: Lookup = (keyword) => {
    const card = header.card(keyword);
    if (card !== undefined && card.value !== null) return card;
    throw new MissingKeyword(keyword);
  };
  const lookup: Lookup = (keyword) => {
    const given = options.keys?.[keyword];
    return given === undefined ? fromHeader(keyword) : { type: "string", value: given };
  };
  return template.replace(PLACEHOLDER, (placeholder, keyword: string, method?: string, parameter?: string) => {
    try {
      const value = fill(lookup, fromHeader, keyword, method, parameter);
      return options.clean === undefined ? value : options.clean(value);
    } catch (cause) {
      if (cause instanceof MissingKeyword && options.missing !== undefined) return options.missing;
      const why = cause instanceof MissingKeyword || cause instanceof SkyError ? cause.message : reasonOf(cause);
      throw new ArchiveError("BAD_PARAMETER", `${placeholder} cannot be filled in: ${why}`, {}, { cause });
    }
  });
}

class MissingKeyword extends Error {
  constructor(readonly keyword: string) {
    // The words of astropy, which pyobs-archive passed on.
    super(`Keyword '${keyword}' not found.`);
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof TemplateError) return cause.message;
  throw cause;
}

class TemplateError extends Error {}

function fill(lookup: Lookup, fromHeader: Lookup, keyword: string, method?: string, parameter?: string): string {
  switch (method) {
    case undefined:
      return textOf(lookup(keyword));
    case "lower":
      return textOf(lookup(keyword)).toLowerCase();
    case "time":
      return momentOf(lookup(keyword), parameter ?? "-").time;
    case "date":
      return momentOf(lookup(keyword), parameter ?? "-").date;
    case "filter": {
      const imageType = textOf(fromHeader(parameter ?? "IMAGETYP")).toLowerCase();
      return FILTERED.includes(imageType) ? `_${textOf(lookup(keyword))}` : "";
    }
    case "string":
      if (parameter === undefined) throw new TemplateError("string needs a format, as in {KEY|string:05d}");
      return formatValue(parameter, lookup(keyword));
    default:
      throw new TemplateError(`there is no method "${method}"; there are lower, time, date, filter and string`);
  }
}

/** As Python's `str`. */
function textOf({ type, value }: Value): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return type === "real" ? realText(value) : String(value);
  if (value !== null && typeof value === "object") throw new TemplateError("a complex number has no place in a name");
  return String(value);
}

function realText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function momentOf(value: Value, delimiter: string): { date: string; time: string } {
  if (typeof value.value !== "string") throw new TemplateError("its value is no date");
  // strftime cuts the fraction off; rounding could reach into the next second.
  const moment = parseDateObs(value.value.replace(/(:\d{2})\.\d+/, "$1"));
  const iso = new Date(moment).toISOString();
  return { date: iso.slice(0, 10).split("-").join(delimiter), time: iso.slice(11, 19).split(":").join(delimiter) };
}

/** Python's `"%" + format % value`, as far as a placeholder's letters, digits and dashes can ask for it. */
function formatValue(format: string, { type, value }: Value): string {
  const match = /^([-0]*)(\d*)[hlL]?([a-zA-Z])(.*)$/su.exec(format);
  if (match === null) throw new TemplateError(`"${format}" is no format such as 05d`);
  const [, flags = "", width = "", conversion = "", rest = ""] = match;
  const body = converted(conversion, { type, value });
  const numeric = !["s", "r", "a", "c"].includes(conversion);
  return pad(body, Number(width), flags.includes("-"), numeric && flags.includes("0")) + rest;
}

function pad(body: string, width: number, left: boolean, zeros: boolean): string {
  const missing = width - [...body].length;
  if (missing <= 0) return body;
  if (left) return body + " ".repeat(missing);
  if (!zeros) return " ".repeat(missing) + body;
  const sign = body.startsWith("-") ? "-" : "";
  return sign + "0".repeat(missing) + body.slice(sign.length);
}

function converted(conversion: string, value: Value): string {
  switch (conversion) {
    case "s":
      return textOf(value);
    case "r":
    case "a":
      return typeof value.value === "string" ? `'${value.value}'` : textOf(value);
    case "d":
    case "i":
    case "u":
      return String(integerOf(value, true));
    case "x":
      return integerOf(value, false).toString(16);
    case "X":
      return integerOf(value, false).toString(16).toUpperCase();
    case "o":
      return integerOf(value, false).toString(8);
    case "c":
      return characterOf(value);
    case "f":
    case "F":
      return realOf(value).toFixed(6);
    case "e":
    case "E": {
      const text = realOf(value)
        .toExponential(6)
        .replace(/e([+-])(\d)$/, "e$10$2");
      return conversion === "E" ? text.toUpperCase() : text;
    }
    case "g":
    case "G": {
      const text = shortest(realOf(value));
      return conversion === "G" ? text.toUpperCase() : text;
    }
    default:
      throw new TemplateError(`"${conversion}" is no conversion of a value`);
  }
}

/** C's %g: six digits, without trailing zeros, exponents below 1e-4 and from 1e6. */
function shortest(value: number): string {
  if (value === 0) return "0";
  const [digits, exponent] = value.toExponential(5).split("e") as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 6) {
    const mantissa = digits.replace(/\.?0+$/, "");
    return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  const fixed = value.toFixed(5 - power);
  return fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed;
}

function integerOf({ type, value }: Value, reals: boolean): bigint {
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && (reals || type !== "real")) return BigInt(Math.trunc(value));
  throw new TemplateError("its value is no whole number");
}

function realOf({ value }: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  throw new TemplateError("its value is no number");
}

function characterOf(value: Value): string {
  if (typeof value.value === "string" && [...value.value].length === 1) return value.value;
  const code = Number(integerOf(value, false));
  if (code < 0 || code > 0x10ffff) throw new TemplateError("its value is no character");
  return String.fromCodePoint(code);
}
