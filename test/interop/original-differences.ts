/**
 * In what this archive answers otherwise than pyobs-archive, and why. "Fix" numbers are faults of the original that are
 * put right; "3.2" is what it owes to Django 3.2, where it is run with that instead of the 5.2 that it is made for.
 */
import type { Answer, Difference } from "./original-answers.ts";

interface Meant {
  why: string;
  /** Where it is met; without it always. */
  on?: "SQLite" | "PostgreSQL" | "FRAMES";
  /** Of the request or step; without it any. */
  asked?: RegExp;
  /** Statuses of the two answers; without it any. */
  status?: [theirs: number, ours: number | number[]];
  /** What differs; without it everything of the answer. */
  at?: RegExp;
  /** What else must hold. */
  where?: (theirs: Answer, ours: Answer, difference: Difference) => boolean;
}

const isJson = ({ headers }: Answer) => headers["Content-Type"] === "application/json";
const isPage = ({ headers }: Answer) => headers["Content-Type"]?.startsWith("text/html") ?? false;
/** Of the three routes that take filters, a query that holds one of these parameters. */
const filtered = (parameters: string) => new RegExp(`^GET /frames/(aggregate/|zip/)?\\?(.*&)?(${parameters})(&|,)`);

export const MEANT: Meant[] = [
  {
    why: "errors are JSON and redirects have no body; there some are pages",
    at: /^(Content-Type|body)$/,
    where: (theirs, ours) => theirs.status >= 300 && isPage(theirs) && (isJson(ours) || ours.body === null),
  },
  {
    why: "what fails with a 500 there is a 400 that names the parameter, or a 404 (Fix 3)",
    at: /^status$/,
    where: (theirs, ours) => theirs.status === 500 && [400, 404].includes(ours.status) && isJson(ours),
  },
  {
    why: "a zip needs no filter (Fix 4)",
    asked: /^GET \/frames\/zip\//,
    status: [500, 200],
    where: (_, ours) => ours.headers["Content-Type"] === "application/zip",
  },
  {
    why: "3.2 cannot add up the expression of its cone search, and fails; 5.2 finds what is within 9.56° (Fix 2)",
    asked: filtered("RA=(?!&)[^&]*&DEC=[^&,]+"),
    status: [500, 200],
  },
  {
    why: "more notations are understood: 1X1, nights without dashes, ISO 8601's other forms, a plus that arrived as a blank",
    asked: filtered(
      "binning=1X1|night=20240115|night=2024-01-15T\\S*|(start|end)=(2024-01-15T20%3A03%3A00z|2024-01-15%2020%3A03%3A00%20.*|2024-01-15T24\\S*|20240115\\S*|0000-01-01|2024-01-15T20:03:00.00:00)",
    ),
    status: [500, 200],
  },
  {
    why: "a value that is ALL or blank is none for every filter",
    asked: filtered("\\w+=(ALL|%20)"),
    where: (theirs, ours) => ours.status === 200 && (theirs.status === 500 || theirs.status === 200),
  },
  {
    why: "blanks around a value, and how many are between its words, do not count",
    asked: filtered("IMAGETYPE=object%20|OBJECT=M%20%2051"),
    status: [200, 200],
  },
  {
    why: "OCS's and the header's names of filters are understood, too",
    asked: filtered("SITEID=goe|OBSTYPE=bias"),
    status: [200, 200],
  },
  {
    why: "a filter with several values finds any of them; there the last one counts",
    asked: filtered("SITE=\\w+&SITE=\\w*"),
    status: [200, 200],
  },
  {
    why: "NUL is a character that no frame has; SQLite's LIKE ends at it, and PostgreSQL fails",
    asked: filtered("OBJECT=%00"),
  },
  {
    why: "nothing comes first in ascending order, as in SQLite; PostgreSQL puts it last",
    on: "PostgreSQL",
    asked: /sort=(OBJECT|FILTER|TEL_RA|TEL_DEC|REQNUM|OBSNUM)(&|,)/,
    status: [200, 200],
  },
  {
    why: "whole numbers have at most 15 digits; PostgreSQL finds nothing, SQLite fails",
    on: "PostgreSQL",
    asked: filtered("RLEVEL=9{20}"),
    status: [200, 400],
  },
  { why: "PostgreSQL fails on NUL", on: "PostgreSQL", asked: filtered("SITE=goe%00"), status: [500, 200] },
  {
    why: "scaled integers stay integers; there astropy makes floats of them (Fix 6)",
    on: "FRAMES",
    asked: /, headers\//,
    at: /^body\.results\.( B(ITPIX|SCALE|ZERO)|order\.)/,
    where: (_, ours) => " BSCALE" in (ours.body as { results: object }).results,
  },
  {
    why: "tables with columns of varying length are given, and pictures of cubes and thin images (Fix 11)",
    on: "FRAMES",
    asked: /, (catalog|preview)\//,
    status: [500, 200],
  },
  {
    why: "moments are compared as answers show them, to the millisecond",
    asked: filtered("end=2024-01-15T20%3A01%3A30.2499999"),
    status: [200, 200],
  },
  {
    why: "numbers and binnings that mean none are refused, and digits are 0 to 9 (Fix 3)",
    asked: filtered("binning=(1x1x1|-1x1|1e0x1|%D9%A1x%D9%A1)|EXPTIME=(nan|-?inf|%D9%A6%D9%A0)|limit=٣"),
    status: [200, 400],
  },
  {
    why: "half a position is refused, unless the other half stands there empty (Fix 3)",
    asked: /\?(RA=202.469575|DEC=47.195258), as/,
    status: [200, 400],
  },
  {
    why: "columns that no answer shows are nothing to sort by",
    asked: /sort=(path|vec_[xyz]|TEL_(ALT|AZ|FOCU)|SUN\w+|MOON\w+|YBINNING|[XY]ORGSUBF|DATAMEAN|related|frame)(&|,)/,
    status: [200, 400],
  },
  {
    why: "its page offers to sort by type and binning, and is refused there",
    asked: /sort=(OBSTYPE|binning)(&|,)/,
    status: [400, 200],
  },
  { why: "an offset beyond all numbers is beyond all frames", asked: /offset=9{23}/, status: [500, 200] },
  {
    why: "answers are JSON whatever format is asked for",
    asked: /format=xml|accept: (application\/xml|image\/png)/,
    where: (theirs, ours) => [404, 406].includes(theirs.status) && ours.status === 200,
  },
  {
    why: "the file is kept as it came: its FNAME is not rewritten, and floats are not quantised (Fix 6)",
    asked: /[ /]headers\//,
    status: [200, 200],
    at: /^body\.results\.(order\.| FNAME| ZDITHER0| ZBLANK)/,
  },
  {
    why: "names with blanks are quoted, as RFC 6266 has it",
    asked: /name with blanks/,
    at: /^Content-Disposition$/,
  },
  { why: "ranges are answered", asked: /range: bytes/, status: [200, 206] },
  {
    why: "HEAD is answered like GET, without a body",
    asked: /^HEAD/,
    where: (theirs, ours) => [405, 404].includes(theirs.status) && [200, 401].includes(ours.status),
  },
  {
    why: "OPTIONS says Allow in its head, and nothing else, whoever asks",
    asked: /^OPTIONS/,
    where: (theirs, ours) => [200, 401, 403, 404].includes(theirs.status) && ours.status === 200,
  },
  {
    why: "tokens may be called Bearer",
    asked: /authorization: Bearer \{staff\}/,
    where: (theirs) => theirs.status === 401,
  },
  {
    why: "tokens may be called Bearer, and any text may be one",
    asked: /authorization: (Bearer wrong|Token ü)/,
    status: [401, 401],
    at: /^body\.detail$/,
  },
  {
    why: "zip is a route like all others: it takes tokens, and says 401 and 405 (Fix 1)",
    asked: /(PUT|PATCH|DELETE) \/frames\/zip\/|zip by (nobody|token alone)/,
    where: (theirs) => theirs.status === 403,
  },
  {
    why: "the page comes to whoever asks for it, and then asks who is there; so do the app's own addresses",
    asked: /GET \/(\?next=\/frames\/|admin\S*|nothing\/?|favicon\.ico|robots\.txt)?, as|sees the page/,
    where: (theirs, ours) => [200, 301, 302, 404].includes(theirs.status) && ours.status === 200,
  },
  {
    why: "the form to sign in with is a page of the app; /accounts/login/ leads there",
    asked: /GET \/accounts\/login\/|the sign-in page/,
    status: [200, 302],
  },
  { why: "/api-token-auth/ gives tokens, as older versions do", asked: /GET \/api-token-auth\//, status: [404, 405] },
  {
    why: "passwords are changed on the account page; nobody's is sent by mail",
    asked: /GET \/accounts\/password_/,
    where: (_, ours) => ours.status === 404,
  },
  { why: "signing out is a POST, as from Django 5.0 on (3.2)", asked: /GET \/accounts\/logout\//, status: [302, 405] },
  {
    why: "signing in and out answers in JSON or with nothing, says by its status what was wrong, and asks for a CSRF token only where there is a session",
    asked: /^signingIn: signs/,
    where: (theirs, ours) => [200, 302, 403].includes(theirs.status) && [200, 204, 400].includes(ours.status),
  },
  { why: "3.2 does not tell a missing from a wrong token", asked: /CSRF token|wrong one/, at: /^body\.detail$/ },
  { why: "a frame that is asked for twice is in the zip once", asked: /^zips: zip of the same twice/, at: /^body\./ },
  { why: "a zip of nothing says what was forgotten", asked: /^zips: zip of nothing/, status: [200, 400] },
  {
    why: "a zip brings what is there, and names in missing.txt what is not (Fix 4)",
    asked: /^zips: zip of what is not there/,
    status: [404, 200],
  },
  {
    why: "a JSON body is read (Fix 4)",
    asked: /^zips: zip by JSON/,
    status: [200, 200],
    at: /^body\.(members|begins)/,
  },
  { why: "every file of a form is taken, also of one field", asked: /^uploading: upload of two under one field/ },
  { why: "308 keeps the body, 301 turns an upload into a GET", asked: /upload without a slash/, status: [301, 308] },
  {
    why: "each error names its file, and says in words what is wrong with it",
    asked: /^uploading: upload/,
    status: [200, 200],
    at: /^body\.errors\.\d+$/,
    where: (_, ours) => (ours.body as { errors: string[] }).errors.every((text) => /^\S+\.fits: /.test(text)),
  },
  {
    why: "frames are taken that it refuses: .fits.gz, no SITEID, EXPTIME, DAY-OBS or FNAME, zones, text for positions (Fix 7, 14)",
    asked: /^uploading: (upload (of a gzip|with )|what )/,
    status: [200, 200],
    at: /^body\.(created|filenames\.length|errors|count|results\.|(site|telescope|instrument)s\.)/,
    where: (theirs, ours) => sizeOf(ours) >= sizeOf(theirs),
  },
  {
    why: "only known extensions are cut off a name (Fix 8)",
    asked: /FNAME with dots inside/,
    at: /^body\.filenames\.0$/,
  },
  { why: "415 says what to send", asked: /upload of an image/, status: [415, 415], at: /^body\.detail$/ },
];

/** Of frames created or listed. */
function sizeOf({ body }: Answer): number {
  const { created, count } = body as { created?: number; count?: number };
  return created ?? count ?? 0;
}

/** The reason for a difference, as an index of MEANT; -1 where there is none. */
export function reasonFor(name: string, theirs: Answer, ours: Answer, difference: Difference): number {
  return MEANT.findIndex(({ asked, status, at, where }) => {
    if (asked !== undefined && !asked.test(name)) return false;
    if (status !== undefined) {
      const [expected, actual] = status;
      if (theirs.status !== expected || ![actual].flat().includes(ours.status)) return false;
    }
    return (at?.test(difference.at) ?? true) && (where?.(theirs, ours, difference) ?? true);
  });
}
