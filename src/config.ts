/** Typed settings from vars and secrets, checked once per isolate. The README's settings table is this table. */

export interface Config {
  /** Public address with its path prefix and a trailing slash, or null: the address of the request. HTTP_ROOT. */
  httpRoot: string | null;
  /** Prefix of every key in R2, without slashes at the ends. ARCHIVE_ROOT. */
  archiveRoot: string;
  /** PATH_FORMATTER, FILENAME_FORMATTER: templates with pyobs's placeholders; null name: FNAME, else the upload's name. */
  pathFormatter: string;
  filenameFormatter: string | null;
  /** Signs sessions, API tokens and links. SECRET_KEY, a secret of at least 32 characters. */
  secretKey: string;
  /** The key before the last change, still good for links that are on their way, or null. SECRET_KEY_PREVIOUS. */
  secretKeyPrevious: string | null;
  /** Made, as staff, when nobody has an account yet; changes nothing later. ADMIN_USERNAME, ADMIN_PASSWORD; or null. */
  firstAccount: { username: string; password: string } | null;
  /** Whether people who are not signed in see public frames ("public") or nothing ("none"). ANONYMOUS. */
  anonymous: "none" | "public";
  /** Sites (`https://portal.example`) whose pages may use the API from a browser. CORS_ALLOWED_ORIGINS, by commas. */
  corsOrigins: readonly string[];
  /** Days after DATE-OBS at which frames without L1PUBDAT become public; null: they carry no date. PROPRIETARY_DAYS. */
  proprietaryDays: number | null;
  /** Largest request body of an upload, bytes. MAX_UPLOAD_BYTES. */
  maxUploadBytes: number;
  /** Largest size a gzip may inflate to while its headers are looked for, bytes. MAX_INFLATED_BYTES. */
  maxInflatedBytes: number;
  /** Largest number of members and bytes of one zip. ZIP_MAX_FRAMES, ZIP_MAX_BYTES. */
  zipMaxFrames: number;
  zipMaxBytes: number;
  /** Life of the signed links in frame objects and of browser sessions, seconds. LINK_SECONDS, SESSION_SECONDS. */
  linkSeconds: number;
  /** Longest life of links and selections that people make; of links that staff make. SHARE_SECONDS, SHARE_SECONDS_STAFF. */
  shareSeconds: number;
  shareSecondsStaff: number;
  sessionSeconds: number;
  /** Life of an upload in parts to which nothing is added, seconds. UPLOAD_SECONDS. */
  uploadSeconds: number;
  /** Site → longitude in degrees east, for the night of frames without DAY-OBS. SITE_LONGITUDES, JSON. */
  siteLongitudes: Record<string, number>;
  /** Address that resolves names of objects, with `{name}` in it; null: none are resolved. RESOLVER_URL. */
  resolverUrl: string | null;
  /** How long to wait for it, seconds. RESOLVER_SECONDS. */
  resolverSeconds: number;
  /**
   * Packing at ingest: "off" stores as it came, "integers" packs integer images by RICE, "on" float images without loss
   * as well (GZIP_2: 20 to 30 % less of a reduced frame for about ten times the work). PACK.
   */
  pack: "off" | "integers" | "on";
}

/** A setting that cannot be used. The message names it and what it accepts. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type Vars = Record<string, unknown>;

function textOf(vars: Vars, name: string, fallback: string): string {
  const value = vars[name];
  return typeof value === "string" && value.trim() !== "" ? value.trim() : fallback;
}

function numberOf(vars: Vars, name: string, fallback: number, least = 0): number {
  const value = textOf(vars, name, String(fallback));
  const number = Number(value);
  if (!Number.isFinite(number) || number < least) {
    throw new ConfigError(`${name} is "${value}"; it accepts a number of at least ${least}.`);
  }
  return number;
}

function choiceOf<T extends string>(vars: Vars, name: string, choices: readonly [T, ...T[]]): T {
  const value = textOf(vars, name, choices[0]);
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new ConfigError(`${name} is "${value}"; it accepts ${choices.join(" or ")}.`);
  return found;
}

function longitudesOf(vars: Vars): Record<string, number> {
  const value = textOf(vars, "SITE_LONGITUDES", "{}");
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch (cause) {
    throw new ConfigError(`SITE_LONGITUDES is not JSON.`, { cause });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new ConfigError(`SITE_LONGITUDES accepts a JSON object of site names and degrees east.`);
  }
  for (const [site, degrees] of Object.entries(parsed)) {
    if (typeof degrees !== "number" || Math.abs(degrees) > 360) {
      throw new ConfigError(`SITE_LONGITUDES["${site}"] accepts degrees east between -360 and 360.`);
    }
  }
  return parsed as Record<string, number>;
}

function rootOf(vars: Vars): string | null {
  const value = textOf(vars, "HTTP_ROOT", "");
  if (value === "" || value === "/") return null;
  if (!URL.canParse(value) || !/^https?:/.test(value)) {
    throw new ConfigError(`HTTP_ROOT is "${value}"; it accepts an absolute address such as https://archive.example/`);
  }
  return value.endsWith("/") ? value : `${value}/`;
}

function originsOf(vars: Vars): string[] {
  const origins = textOf(vars, "CORS_ALLOWED_ORIGINS", "").split(",");
  return origins
    .map((origin) => origin.trim())
    .filter((origin) => origin !== "")
    .map((origin) => {
      if (URL.canParse(origin) && new URL(origin).origin === origin) return origin;
      throw new ConfigError(
        `CORS_ALLOWED_ORIGINS has "${origin}"; it accepts sites such as https://portal.example, separated by commas.`,
      );
    });
}

function resolverOf(vars: Vars): string | null {
  const value = textOf(vars, "RESOLVER_URL", "https://cds.unistra.fr/cgi-bin/nph-sesame/-oxp/SNV?{name}");
  if (value === "off") return null;
  const hosts = ["a", "b"].map((name) => {
    const address = value.replaceAll("{name}", name);
    return URL.canParse(address) && /^https?:/.test(address) ? new URL(address).host : null;
  });
  if (!value.includes("{name}") || hosts[0] === null || hosts[0] !== hosts[1]) {
    throw new ConfigError(
      `RESOLVER_URL is "${value}"; it accepts off, or an absolute address with {name} in its path or query.`,
    );
  }
  return value;
}

function firstAccountOf(vars: Vars): Config["firstAccount"] {
  const username = textOf(vars, "ADMIN_USERNAME", "");
  const password = textOf(vars, "ADMIN_PASSWORD", "");
  if (username === "" && password === "") return null;
  if (username === "" || password === "") {
    throw new ConfigError("ADMIN_USERNAME and ADMIN_PASSWORD are needed both, or neither.");
  }
  return { username, password };
}

export function readConfig(vars: Vars): Config {
  const secretKey = textOf(vars, "SECRET_KEY", "");
  if (secretKey.length < 32) {
    throw new ConfigError(
      "SECRET_KEY must be a secret of at least 32 characters (`npx wrangler secret put SECRET_KEY`).",
    );
  }
  const secretKeyPrevious = textOf(vars, "SECRET_KEY_PREVIOUS", "") || null;
  if (secretKeyPrevious !== null && secretKeyPrevious.length < 32) {
    throw new ConfigError("SECRET_KEY_PREVIOUS must be empty or a former SECRET_KEY of at least 32 characters.");
  }
  const proprietary = textOf(vars, "PROPRIETARY_DAYS", "");
  return {
    httpRoot: rootOf(vars),
    archiveRoot: textOf(vars, "ARCHIVE_ROOT", "frames").replace(/^\/+|\/+$/g, ""),
    pathFormatter: textOf(vars, "PATH_FORMATTER", "{SITEID}/{DAY-OBS}/"),
    filenameFormatter: textOf(vars, "FILENAME_FORMATTER", "") || null,
    secretKey,
    secretKeyPrevious,
    firstAccount: firstAccountOf(vars),
    anonymous: choiceOf(vars, "ANONYMOUS", ["none", "public"]),
    corsOrigins: originsOf(vars),
    proprietaryDays: proprietary === "" ? null : numberOf(vars, "PROPRIETARY_DAYS", 0),
    maxUploadBytes: numberOf(vars, "MAX_UPLOAD_BYTES", 100 * 1000 * 1000, 1),
    maxInflatedBytes: numberOf(vars, "MAX_INFLATED_BYTES", 1024 ** 3, 1),
    zipMaxFrames: numberOf(vars, "ZIP_MAX_FRAMES", 100_000, 1),
    zipMaxBytes: numberOf(vars, "ZIP_MAX_BYTES", 1e12, 1),
    linkSeconds: numberOf(vars, "LINK_SECONDS", 24 * 3600, 1),
    shareSeconds: numberOf(vars, "SHARE_SECONDS", 7 * 24 * 3600, 60),
    shareSecondsStaff: numberOf(vars, "SHARE_SECONDS_STAFF", 365 * 24 * 3600, 60),
    sessionSeconds: numberOf(vars, "SESSION_SECONDS", 14 * 24 * 3600, 60),
    uploadSeconds: numberOf(vars, "UPLOAD_SECONDS", 7 * 24 * 3600, 3600),
    siteLongitudes: longitudesOf(vars),
    resolverUrl: resolverOf(vars),
    resolverSeconds: numberOf(vars, "RESOLVER_SECONDS", 5, 0.1),
    pack: choiceOf(vars, "PACK", ["on", "integers", "off"]),
  };
}

const checked = new WeakMap<object, Config>();

/** The settings of this isolate. Parsed at the first call; a bad one is a ConfigError each time. */
export function config(env: Env): Config {
  let value = checked.get(env);
  if (value === undefined) {
    value = readConfig(env as unknown as Vars);
    checked.set(env, value);
  }
  return value;
}
