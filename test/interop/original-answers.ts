/** One request to one of the two archives, what it answers in a form that can be compared, and how two answers differ. */
export interface Site {
  /** With a slash at the end. */
  url: string;
  /** By account. */
  tokens: Record<string, string>;
  /** By basename. */
  ids: Map<string, number>;
}

export interface Ask {
  method: string;
  /** `{basename}` stands for the id of that frame. */
  path: string;
  /** The account whose token is sent; null: none. */
  as: string | null;
  headers?: Record<string, string>;
  body?: (site: Site) => BodyInit;
}

export interface Answer {
  status: number;
  /** Those that clients read; Location without the archive's address. */
  headers: Record<string, string>;
  /** `name` of each cookie that is set, with its attributes. */
  cookies: string[];
  /** By its type: JSON, the names in a zip, a picture's size, else text. */
  body: unknown;
}

export interface Difference {
  /** `status`, `Allow`, `body.results.3.OBJECT` … */
  at: string;
  theirs: unknown;
  ours: unknown;
}

const READ_BY_CLIENTS = ["Content-Type", "Content-Disposition", "Location", "Allow", "WWW-Authenticate"];

/** `METHOD path` and what else there is to tell one request from another. */
export function nameOf({ method, path, as, headers }: Ask): string {
  const more = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  return [`${method} /${path}`, `as ${as ?? "nobody"}`, ...more].join(", ");
}

export async function ask(site: Site, { method, path, as, headers, body }: Ask): Promise<Answer> {
  const known = path.replace(/\{([^}]+)\}/g, (_, name) => String(site.ids.get(name) ?? `{${name}}`));
  const sent = new Headers(headers);
  if (as !== null) sent.set("authorization", `Token ${site.tokens[as]}`);
  for (const [name, value] of sent)
    sent.set(
      name,
      value.replace(/\{(\w+)\}/g, (_, account) => site.tokens[account]!),
    );
  const init = { method, redirect: "manual", headers: sent, body: body?.(site) ?? null } as const;
  return answerOf(site, await fetch(site.url + known, init));
}

/** Reads the answer to its end. */
export async function answerOf(site: Site, response: Response): Promise<Answer> {
  const headers: Record<string, string> = {};
  for (const name of READ_BY_CLIENTS) {
    const value = response.headers.get(name);
    // REST framework says Allow on every answer; where the method is wrong it is needed (RFC 9110 §15.5.6).
    if (value === null || (name === "Allow" && response.status !== 405)) continue;
    // Python puts methods in any order.
    headers[name] = name === "Allow" ? value.split(", ").sort().join(", ") : value.replace(site.url, "/");
  }
  return {
    status: response.status,
    headers,
    cookies: response.headers.getSetCookie().map(withoutSecret).sort(),
    body: await bodyOf(site, response),
  };
}

/** `fileDownload=true` is read by value; all others are secrets, and by name. */
function withoutSecret(cookie: string): string {
  const [pair = "", ...attributes] = cookie.split(";").map((part) => part.trim());
  const named = pair.startsWith("fileDownload=") ? pair : pair.split("=")[0]!;
  const kept = attributes.filter((attribute) => !/^(expires|max-age)=/i.test(attribute)).sort();
  return [named, ...kept].join("; ");
}

async function bodyOf(site: Site, response: Response): Promise<unknown> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const type = (response.headers.get("Content-Type") ?? "").split(";")[0];
  switch (bytes.length === 0 ? "" : type) {
    case "":
      return null;
    case "application/json":
      return mapped(site, JSON.parse(bytes.toString()));
    case "application/zip":
      return membersOf(bytes);
    case "image/png":
      return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }; // PNG, third edition, §11.2.1
    case "image/fits":
      return { beginsWith: bytes.toString("latin1", 0, 30) };
    case "text/html":
      return "a page";
    default:
      return bytes.toString();
  }
}

/**
 * With basenames in the place of ids, which are each archive's own, and three things apart that are meant on every
 * answer: `url` is absolute and signed; DATE_OBS has its milliseconds also where they are 0; header cards are compared by
 * keyword, without the checksums that fpack writes into what it packs.
 */
function mapped(site: Site, value: unknown): unknown {
  const names = new Map([...site.ids].map(([name, id]) => [id, name]));
  const nameOfId = (id: unknown) => names.get(id as number) ?? id;
  const map = (one: unknown, key: string): unknown => {
    if (key === "id") return nameOfId(one);
    if (key === "related_frames") return (one as number[]).map(nameOfId).sort();
    if (key === "url" && typeof one === "string") {
      const path = one.replace(site.url, "").replace(/\?.*/, "");
      return path.replace(/(?<=frames\/)\d+/, (id) => `{${nameOfId(Number(id))}}`);
    }
    if (key === "DATE_OBS") return String(one).replace(".000Z", "Z");
    if (key === "results" && isCards(one)) return cardsByKey(one);
    if (Array.isArray(one)) return one.map((item) => map(item, ""));
    if (typeof one !== "object" || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([name, inner]) => [name, map(inner, name)]));
  };
  return map(value, "");
}

type Card = { key: string; value: unknown };

function isCards(value: unknown): value is Card[] {
  return Array.isArray(value) && value.length > 0 && isObject(value[0]) && "key" in value[0] && "value" in value[0];
}

function cardsByKey(cards: Card[]): Record<string, unknown[]> {
  const byKey: Record<string, unknown[]> = { order: [] };
  for (const { key, value } of cards) {
    if (key === "CHECKSUM" || key === "DATASUM") continue;
    byKey.order!.push(key);
    byKey[` ${key}`] = [...(byKey[` ${key}`] ?? []), value];
  }
  return byKey;
}

/** What this archive puts into every zip besides. */
const ACCOUNT = /\/(manifest\.csv|checksums\.sha256|missing\.txt)$/;

/** Of a zip, by its central directory (APPNOTE 4.3.12): the frames' names, and how each begins. */
function membersOf(zip: Buffer): { members: string[]; begins: string[] } {
  const members: [name: string, begins: string][] = [];
  let at = zip.readUInt32LE(zip.length - 6);
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const [name, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ];
    const local = zip.readUInt32LE(at + 42);
    const content = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    members.push([zip.toString("utf8", at + 46, at + 46 + name), zip.toString("latin1", content, content + 30)]);
    at += 46 + name + extra + comment;
  }
  const frames = members.filter(([name]) => !ACCOUNT.test(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  return { members: frames.map(([name]) => name), begins: frames.map(([, begins]) => begins) };
}

/** What of `theirs` is otherwise in `ours`. Keys that only ours has are no difference: it answers more. */
export function differencesOf(theirs: Answer, ours: Answer): Difference[] {
  const found: Difference[] = [];
  const differ = (at: string, a: unknown, b: unknown) => found.push({ at, theirs: a, ours: b });
  const walk = (at: string, a: unknown, b: unknown): void => {
    if (Array.isArray(a) && Array.isArray(b)) {
      if (a.length !== b.length) differ(`${at}.length`, a.length, b.length);
      for (let i = 0; i < Math.min(a.length, b.length); i++) walk(`${at}.${i}`, a[i], b[i]);
    } else if (isObject(a) && isObject(b)) {
      for (const key of Object.keys(a)) walk(`${at}.${key}`, a[key], b[key]);
    } else if (!Object.is(a, b)) {
      differ(at, a, b);
    }
  };
  if (theirs.status !== ours.status) differ("status", theirs.status, ours.status);
  for (const name of READ_BY_CLIENTS) {
    if (theirs.headers[name] !== ours.headers[name]) differ(name, theirs.headers[name], ours.headers[name]);
  }
  for (const cookie of theirs.cookies) {
    if (!ours.cookies.includes(cookie)) differ("cookies", cookie, ours.cookies);
  }
  walk("body", theirs.body, ours.body);
  return found;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
