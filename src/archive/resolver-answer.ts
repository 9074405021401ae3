/**
 * What name resolvers answer: CDS Sesame's XML and plain text (https://cds.unistra.fr/cgi-bin/Sesame), and the JSON of
 * Las Cumbres' simbad2k (https://github.com/observatorycontrolsystem/simbad2k). The answer itself tells which it is.
 */

export interface Resolved {
  /** ICRS degrees. */
  ra: number;
  dec: number;
  /** The object's name in the catalogue that knows it, null where that is not said. */
  designation: string | null;
  /** The catalogue that knows it, null where that is not said. */
  source: string | null;
}

/** `failed`: no catalogue knows the name, but not all of them could be asked. `strange`: no answer of a resolver. */
export type ResolverAnswer = Resolved | "unknown" | "failed" | "strange";

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

export function readAnswer(text: string): ResolverAnswer {
  const first = text.trimStart()[0];
  if (first === "<") return readXml(text);
  if (first === "#") return readPlain(text);
  if (first === "{") return readJson(text);
  return "strange";
}

/** `<Target><Resolver name="S=Simbad (…)"><jradeg>…</jradeg><jdedeg>…</jdedeg><oname>…</oname></Resolver>…` */
function readXml(text: string): ResolverAnswer {
  if (!/<Sesame\b/.test(text)) return "strange";
  for (const [, resolver = "", body = ""] of text.matchAll(/<Resolver\s+name="([^"]*)"[^>]*>(.*?)<\/Resolver>/gs)) {
    const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1];
    const found = resolved(element("jradeg"), element("jdedeg"), element("oname"), sourceOf(resolver));
    if (found !== null) return found;
  }
  return nothingIn(text);
}

/** `#=S=Simbad (…):    1` begins a catalogue's lines, `%J 170.5750583 +59.0742417 = …` and `%I.0 NGC 3642` among them. */
function readPlain(text: string): ResolverAnswer {
  for (const section of text.split(/^#=/m).slice(1)) {
    const position = /^%J\s+([-+.\d]+)\s+([-+.\d]+)/m.exec(section);
    const found = resolved(position?.[1], position?.[2], /^%I\.0\s+(.+)$/m.exec(section)?.[1], sourceOf(section));
    if (found !== null) return found;
  }
  return nothingIn(text);
}

/** `{"ra_d": 187.996733, "dec_d": 14.420411, "name": "M  88", …}`, or `{"error": "No match found"}`. */
function readJson(text: string): ResolverAnswer {
  try {
    const { ra_d, dec_d, name, error } = JSON.parse(text) as Record<string, unknown>;
    const found = resolved(ra_d, dec_d, name, null);
    // Without a place it is a planet, comet or asteroid, which has none.
    return found ?? (error !== undefined || name !== undefined ? "unknown" : "strange");
  } catch {
    return "strange";
  }
}

function resolved(ra: unknown, dec: unknown, name: unknown, source: string | null): Resolved | null {
  const [east, north] = [ra, dec].map((one) => (one === undefined || one === null || one === "" ? Number.NaN : +one));
  if (!(east! >= 0 && east! <= 360 && north! >= -90 && north! <= 90)) return null;
  const designation = typeof name === "string" ? readable(name) : "";
  return { ra: east! % 360, dec: north!, designation: designation === "" ? null : designation, source };
}

/** Catalogues pad their names: `M  51`, `{NGC} 3642`. */
function readable(name: string): string {
  const plain = name.replace(/&(\w+);/g, (whole, entity) => ENTITIES[entity] ?? whole);
  return plain.replace(/[{}]/g, "").replace(/\s+/g, " ").trim().slice(0, 200);
}

/** `S=Simbad (CDS, via client/server)` → `Simbad`. */
function sourceOf(text: string): string | null {
  return /^\w*=([^\s(:<]+)/.exec(text)?.[1] ?? null;
}

function nothingIn(text: string): "unknown" | "failed" {
  return /\*{3}\s*(could not|cannot|time.?out|error|no response)/i.test(text) ? "failed" : "unknown";
}
