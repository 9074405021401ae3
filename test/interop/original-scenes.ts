/** Requests that build on each other: signing in, uploading, zips by form, deleting. Played to both archives alike. */
import { gzipSync } from "node:zlib";
import { type Answer, answerOf, type Site } from "./original-answers.ts";
import { frame } from "./original-frames.ts";

/** What is said of a step when it differs, and what was answered. */
export type Step = [name: string, answer: Answer];

/** A browser as far as it matters: it keeps cookies and does not follow redirects. */
class Visitor {
  private readonly cookies = new Map<string, string>();

  constructor(readonly site: Site) {}

  async send(
    method: string,
    path: string,
    body: BodyInit | null = null,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const known = path.replace(/\{([^}]+)\}/g, (_, name) => String(this.site.ids.get(name)));
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const sent = { ...(cookie === "" ? {} : { cookie }), ...headers };
    const response = await patiently(() =>
      fetch(this.site.url + known, { method, body, headers: sent, redirect: "manual" }),
    );
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || value === '""') this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
    return answerOf(this.site, response);
  }

  get csrf(): string {
    return this.cookies.get("csrftoken") ?? "";
  }

  async signIn(username: string, password = `${username}-password-1`): Promise<Answer> {
    await this.send("GET", "accounts/login/");
    const form = new URLSearchParams({ username, password, csrfmiddlewaretoken: this.csrf, next: "/" });
    return this.send("POST", "accounts/login/", form);
  }
}

async function* signingIn(site: Site): AsyncGenerator<Step> {
  const visitor = new Visitor(site);
  yield ["the sign-in page sets the cookie", await visitor.send("GET", "accounts/login/")];
  const fields = new URLSearchParams({ username: "user", password: "user-password-1" });
  yield ["signs in without a CSRF token", await new Visitor(site).send("POST", "accounts/login/", fields)];
  yield ["signs in with a wrong password", await visitor.signIn("user", "wrong")];
  yield ["signs in without a password", await visitor.signIn("user", "")];
  yield ["signs in as nobody known", await visitor.signIn("who")];
  yield ["signs in with a closed account", await visitor.signIn("inactive")];
  yield ["is still nobody", await visitor.send("GET", "frames/?limit=1")];
  yield ["signs in", await visitor.signIn("user")];
  yield ["sees frames by session", await visitor.send("GET", "frames/?limit=1")];
  yield ["sees the page", await visitor.send("GET", "")];
  yield ["may not upload", await visitor.send("POST", "frames/create/", null, { "x-csrftoken": visitor.csrf })];
  yield [
    "may not delete",
    await visitor.send("DELETE", "frames/{goe-o1}/delete/", null, { "x-csrftoken": visitor.csrf }),
  ];
  yield [
    "session and a wrong token",
    await visitor.send("GET", "frames/?limit=1", null, { authorization: "Token wrong" }),
  ];
  yield ["signs in as somebody else", await visitor.signIn("staff")];
  const out = () => new URLSearchParams({ csrfmiddlewaretoken: visitor.csrf });
  yield ["signs out", await visitor.send("POST", "accounts/logout/", out())];
  yield ["is nobody again", await visitor.send("GET", "frames/?limit=1")];
}

/** gunicorn hangs up on a body that it refused to read, and then its answer may be lost on the way. */
async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 20) throw error;
    }
  }
}

const idsOf = (site: Site, names: string[]) =>
  names.map((name): [string, string] => ["frame_ids[]", String(site.ids.get(name))]);

async function* zips(site: Site): AsyncGenerator<Step> {
  const visitor = new Visitor(site);
  const ids = idsOf(site, ["goe-o1", "goe-o2", "goe name with blanks"]);
  const form = (...more: [string, string][]) => new URLSearchParams([...ids, ...more]);
  const token = { authorization: `Token ${site.tokens.user}` };
  yield ["zip by nobody", await visitor.send("POST", "frames/zip/", form())];
  yield ["zip by token alone", await visitor.send("POST", "frames/zip/", form(), token)];
  await visitor.signIn("user");
  const csrf = ["csrfmiddlewaretoken", visitor.csrf] as [string, string];
  yield ["zip as the page's form sends it", await visitor.send("POST", "frames/zip/", form(csrf))];
  const multipart = new FormData();
  for (const [name, value] of [...ids, csrf]) multipart.append(name, value);
  yield ["zip by a multipart form", await visitor.send("POST", "frames/zip/", multipart)];
  const header = { "x-csrftoken": visitor.csrf };
  yield ["zip with the token in the header", await visitor.send("POST", "frames/zip/", form(), header)];
  yield ["zip without a CSRF token", await visitor.send("POST", "frames/zip/", form())];
  yield ["zip with a wrong CSRF token", await visitor.send("POST", "frames/zip/", form(["csrfmiddlewaretoken", "x"]))];
  yield ["zip of nothing", await visitor.send("POST", "frames/zip/", new URLSearchParams([csrf]))];
  yield ["zip of what is not there", await visitor.send("POST", "frames/zip/", form(csrf, ["frame_ids[]", "999999"]))];
  yield ["zip of what is no id", await visitor.send("POST", "frames/zip/", form(csrf, ["frame_ids[]", "x"]))];
  yield ["zip of the same twice", await visitor.send("POST", "frames/zip/", form(...ids, csrf))];
  const json = JSON.stringify({ frame_ids: ids.map(([, id]) => Number(id)) });
  yield [
    "zip by JSON",
    await visitor.send("POST", "frames/zip/", json, { ...header, "content-type": "application/json" }),
  ];
  yield ["zip by the page's address", await visitor.send("GET", "frames/zip?q=a&SITE=saao&FILTER=SDSS_r")];
  yield ["zip by filters", await visitor.send("GET", "frames/zip/?q=a&SITE=saao&FILTER=SDSS_r")];
}

type Uploads = [field: string, filename: string, bytes: Uint8Array<ArrayBuffer>][];

function formOf(uploads: Uploads, fields: Record<string, string> = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const [field, filename, bytes] of uploads) form.append(field, new Blob([bytes]), filename);
  return form;
}

const made = (basename: string, change: Parameters<typeof frame>[1] = {}) =>
  frame(basename, { "DATE-OBS": "2024-03-01T20:00:00", "DAY-OBS": "2024-03-01", ...change }).bytes;
const text = (words: string) => new TextEncoder().encode(words);

/** Each is uploaded by itself, under the field name `file`. */
const ODD_HEADERS: Record<string, Parameters<typeof frame>[1]> = {
  "no SITEID": { SITEID: undefined },
  "no TELID": { TELID: undefined },
  "no INSTRUME": { INSTRUME: undefined },
  "no IMAGETYP": { IMAGETYP: undefined },
  "no EXPTIME": { EXPTIME: undefined },
  "no DATE-OBS": { "DATE-OBS": undefined },
  "no DAY-OBS": { "DAY-OBS": undefined },
  "no FNAME": { FNAME: undefined },
  "a bad DATE-OBS": { "DATE-OBS": "yesterday" },
  "DATE-OBS with a zone": { "DATE-OBS": "2024-03-01T20:00:00+01:00" },
  "DATE-OBS with a Z": { "DATE-OBS": "2024-03-01T20:00:00Z" },
  "a bad DAY-OBS": { "DAY-OBS": "2024-03-32" },
  "EXPTIME as text": { EXPTIME: "60.0" },
  "a bad EXPTIME": { EXPTIME: "long" },
  "a bad RLEVEL": { RLEVEL: "x" },
  "RLEVEL as text": { RLEVEL: "1" },
  "a bad XBINNING": { XBINNING: "x" },
  "TEL-RA as text": { "TEL-RA": "202.5" },
  "TEL-RA sexagesimal": { "TEL-RA": "13:29:52", "TEL-DEC": "+47:11:43" },
  "REQNUM as number": { REQNUM: 4711 },
  "OBSNUM as number": { OBSNUM: 12 },
  "OBJECT as number": { OBJECT: 4151 },
  "OBJECT as truth": { OBJECT: true },
  "an empty OBJECT": { OBJECT: "" },
  "an empty FILTER": { FILTER: "" },
  "an empty SITEID": { SITEID: "" },
  "SITEID with a slash": { SITEID: "a/b" },
  "SITEID with dots": { SITEID: ".." },
  "FNAME with a folder": { FNAME: "folder/odd-folder.fits" },
  "FNAME with dots": { FNAME: "../odd-dots.fits" },
  "FNAME of dots": { FNAME: ".." },
  "FNAME with dots inside": { FNAME: "odd.inside.fits" },
  "FNAME empty": { FNAME: "" },
  "long names": { SITEID: "a-site-with-a-long-name", TELID: "a-telescope", INSTRUME: "an-instrument" },
  "negative EXPTIME": { EXPTIME: -1 },
};

async function* uploading(site: Site): AsyncGenerator<Step> {
  const visitor = new Visitor(site);
  const staff = { authorization: `Token ${site.tokens.staff}` };
  const create = (uploads: Uploads, headers: Record<string, string> = staff, fields: Record<string, string> = {}) =>
    visitor.send("POST", "frames/create/", formOf(uploads, fields), headers);
  const one: Uploads = [["file", "new-1.fits", made("new-1")]];
  yield ["upload by nobody", await create(one, {})];
  yield ["upload by a user", await create(one, { authorization: `Token ${site.tokens.user}` })];
  yield ["upload", await create(one)];
  yield ["upload of the same again", await create(one)];
  yield [
    "upload of other bytes under the name",
    await create([["file", "new-1.fits", made("new-1", { EXPTIME: 61 })]]),
  ];
  yield ["the frame is there once", await visitor.send("GET", "frames/?basename=new-1", null, staff)];
  yield ["upload under a field named as the file", await create([["new-2.fits", "new-2.fits", made("new-2")]])];
  yield [
    "upload with a token of CSRF that is none",
    await create([["file", "new-3.fits", made("new-3")]], staff, { csrfmiddlewaretoken: "x" }),
  ];
  const three: Uploads = [1, 2, 3].map((n) => [`file${n}`, `many-${n}.fits`, made(`many-${n}`)]);
  yield ["upload of three", await create(three)];
  const repeated: Uploads = [1, 2].map((n) => ["file", `again-${n}.fits`, made(`again-${n}`)]);
  yield ["upload of two under one field", await create(repeated)];
  yield ["upload under another name than FNAME", await create([["file", "called-otherwise.fits", made("new-4")]])];
  yield ["upload without extension", await create([["file", "new-5", made("new-5")]])];
  yield ["upload with a path in its name", await create([["file", "../../etc/new-6.fits", made("new-6")]])];
  yield ["upload of text", await create([["file", "text.fits", text("this is no FITS file\n".repeat(200))]])];
  yield ["upload of nothing", await create([["file", "empty.fits", new Uint8Array(0)]])];
  yield ["upload of half a frame", await create([["file", "half.fits", made("half").slice(0, 9000)]])];
  yield ["upload of half a header", await create([["file", "half-header.fits", made("half").slice(0, 4000)]])];
  yield [
    "upload of a good and a bad one",
    await create([
      ["a", "bad.fits", text("bad")],
      ["b", "good.fits", made("good")],
    ]),
  ];
  yield ["upload of a gzip", await create([["file", "new-7.fits.gz", Uint8Array.from(gzipSync(made("new-7")))]])];
  yield ["upload without a file", await create([], staff, { other: "field" })];
  yield [
    "upload of JSON",
    await visitor.send("POST", "frames/create/", "{}", { ...staff, "content-type": "application/json" }),
  ];
  yield ["upload of a form", await visitor.send("POST", "frames/create/", new URLSearchParams({ file: "x" }), staff)];
  yield [
    "upload of an image",
    await visitor.send("POST", "frames/create/", "x", { ...staff, "content-type": "image/fits" }),
  ];
  yield ["upload without a body", await visitor.send("POST", "frames/create/", null, staff)];
  yield ["upload without a slash", await visitor.send("POST", "frames/create", formOf(one), staff)];
  for (const [what, change] of Object.entries(ODD_HEADERS)) {
    const name = `odd-${what.replaceAll(" ", "-")}`;
    yield [`upload with ${what}`, await create([["file", `${name}.fits`, made(name, change)]])];
  }
  yield ["what has become of them", await visitor.send("GET", "frames/?basename=odd-&sort=basename", null, staff)];
  yield ["what is there now", await visitor.send("GET", "frames/aggregate/?night=2024-03-01", null, staff)];
  const person = new Visitor(site);
  await person.signIn("staff");
  const ofPerson = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    person.send("POST", "frames/create/", formOf([["file", "by-hand.fits", made("by-hand")]], fields), headers);
  yield ["upload by session without a CSRF token", await ofPerson({})];
  yield ["upload by session with a wrong one", await ofPerson({ csrfmiddlewaretoken: "x".repeat(64) })];
  yield ["upload by session with one in the form", await ofPerson({ csrfmiddlewaretoken: person.csrf })];
  yield ["upload by session with one in the header", await ofPerson({}, { "x-csrftoken": person.csrf })];
}

async function* deleting(site: Site): AsyncGenerator<Step> {
  const visitor = new Visitor(site);
  const by = (name: string) => ({ authorization: `Token ${site.tokens[name]}` });
  yield ["delete by nobody", await visitor.send("DELETE", "frames/{goe-d2}/delete/")];
  yield ["delete by a user", await visitor.send("DELETE", "frames/{goe-d2}/delete/", null, by("user"))];
  yield ["delete without its word", await visitor.send("DELETE", "frames/{goe-d2}/", null, by("staff"))];
  yield ["delete", await visitor.send("DELETE", "frames/{goe-d2}/delete/", null, by("staff"))];
  yield ["delete again", await visitor.send("DELETE", "frames/{goe-d2}/delete/", null, by("staff"))];
  yield ["delete what never was", await visitor.send("DELETE", "frames/999999/delete/", null, by("staff"))];
  for (const route of ["", "headers/", "related/", "catalog/", "preview/", "download/"]) {
    yield [
      `${route || "frame"} of what is deleted`,
      await visitor.send("GET", `frames/{goe-d2}/${route}`, null, by("user")),
    ];
  }
  yield ["list without it", await visitor.send("GET", "frames/?IMAGETYPE=dark", null, by("user"))];
  const raw = await visitor.send("DELETE", "frames/{goe-o1}/delete/", null, by("staff"));
  yield ["delete of what another was made from", raw];
  yield ["the other one without it", await visitor.send("GET", "frames/{goe-o1-reduced}/related/", null, by("user"))];
  const person = new Visitor(site);
  await person.signIn("staff");
  yield ["delete by session without a CSRF token", await person.send("DELETE", "frames/{goe-o2}/delete/")];
  const header = { "x-csrftoken": person.csrf };
  yield ["delete by session", await person.send("DELETE", "frames/{goe-o2}/delete/", null, header)];
}

export const SCENES = { signingIn, zips, uploading, deleting };
