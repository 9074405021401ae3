/**
 * Password hashes, in the format that Django writes: `pbkdf2_sha256$iterations$salt$hash`, the hash in base64. An
 * empty text or one that starts with `!` is no password at all: nobody can sign in with it.
 */
import { timingSafeEqual } from "node:crypto";
import { ArchiveError } from "./errors.ts";

/**
 * What WebCrypto does in production; more is refused there, while the local runtime takes it.
 * https://developers.cloudflare.com/workers/runtime-apis/web-crypto/
 */
export const ITERATIONS = 100_000;

const ALGORITHM = "pbkdf2_sha256";
const LEAST_LENGTH = 10;
const MOST_LENGTH = 1024;

const encoder = new TextEncoder();

async function derive(password: string, salt: string, iterations: number): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("raw", encoder.encode(password), "PBKDF2", false, ["deriveBits"]);
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt: encoder.encode(salt), iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
}

/** Throws BAD_PARAMETER for a password that is too easy to guess; `field` is the form field it came from. */
export function checkStrength(password: string, username: string, field = "password"): void {
  if (password.length < LEAST_LENGTH) {
    throw new ArchiveError("BAD_PARAMETER", `A password needs at least ${LEAST_LENGTH} characters.`, { field });
  }
  if (password.length > MOST_LENGTH) {
    throw new ArchiveError("BAD_PARAMETER", `A password has at most ${MOST_LENGTH} characters.`, { field });
  }
  if (password.toLowerCase() === username.toLowerCase() || new Set(password).size < 4) {
    throw new ArchiveError("BAD_PARAMETER", "This password is too easy to guess.", { field });
  }
}

export async function hashPassword(password: string): Promise<string> {
  const salt = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).replace(/[^A-Za-z0-9]/g, "");
  const hash = await derive(password, salt, ITERATIONS);
  return `${ALGORITHM}$${ITERATIONS}$${salt}$${btoa(String.fromCharCode(...hash))}`;
}

/**
 * Whether the password is the one that was hashed; false for what is no password hash. Throws BAD_PARAMETER for hashes
 * that this runtime cannot compute (another algorithm, or more iterations than the platform does).
 */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  if (stored === "" || stored.startsWith("!")) {
    // As long as for a real one, so that the time does not tell which accounts have a password.
    await derive(password, "no password", ITERATIONS);
    return false;
  }
  const [algorithm, iterations, salt, hash] = stored.split("$");
  if (algorithm !== ALGORITHM || salt === undefined || hash === undefined || !(Number(iterations) <= ITERATIONS)) {
    throw new ArchiveError(
      "BAD_PARAMETER",
      "The password of this account was set by another program; an administrator must set it anew.",
      { field: "non_field_errors", algorithm, iterations },
    );
  }
  const computed = encoder.encode(btoa(String.fromCharCode(...(await derive(password, salt, Number(iterations))))));
  const wanted = encoder.encode(hash);
  return computed.length === wanted.length && timingSafeEqual(computed, wanted);
}
