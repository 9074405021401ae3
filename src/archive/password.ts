/**
 * Password hashes, in the format that Django writes: `pbkdf2_sha256$iterations$salt$hash`, the hash in base64. An
 * empty text or one that starts with `!` is no password at all: nobody can sign in with it.
 */
import { timingSafeEqual } from "node:crypto";
import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ArchiveError } from "./errors.ts";

/**
 * What WebCrypto does in production; more is refused there, while the local runtime takes it.
 * https://developers.cloudflare.com/workers/runtime-apis/web-crypto/
 */
export const ITERATIONS = 100_000;

/** Django 6 makes 1,200,000; that takes a second or two of computing here. */
const MOST_ITERATIONS = 3_000_000;

const ALGORITHM = "pbkdf2_sha256";
const LEAST_LENGTH = 10;
const MOST_LENGTH = 1024;

const encoder = new TextEncoder();

/** Hashes that the runtime refuses to compute: so many a minute in an isolate, which does nothing else meanwhile. */
const MOST_REFUSED = 5;
const MINUTE = 60_000;
let refused = { since: 0, count: 0 };

/** As the runtime would; 600,000 iterations take about a second. Throws RATE_LIMITED. */
function deriveAnyway(password: Uint8Array, salt: Uint8Array, iterations: number): Uint8Array {
  const now = Date.now();
  if (now - refused.since >= MINUTE) refused = { since: now, count: 0 };
  if (refused.count++ >= MOST_REFUSED) {
    const retryAfter = Math.ceil((refused.since + MINUTE - now) / 1000);
    const message = `Many accounts of another archive sign in for the first time. Try again in ${retryAfter} seconds.`;
    throw new ArchiveError("RATE_LIMITED", message, { retryAfter });
  }
  return pbkdf2(sha256, password, salt, { c: iterations, dkLen: 32 });
}

async function derive(password: string, salt: string, iterations: number): Promise<Uint8Array> {
  const [secret, grain] = [encoder.encode(password), encoder.encode(salt)];
  const key = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt: grain, iterations };
  try {
    return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
  } catch (error) {
    if (iterations === ITERATIONS) throw error;
    return deriveAnyway(secret, grain, iterations);
  }
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

/** The parts of a hash that this archive can compute, or null. */
function partsOf(stored: string): { iterations: number; salt: string; hash: string } | null {
  const parts = /^pbkdf2_sha256\$([1-9]\d{0,6})\$([^$]{1,200})\$([A-Za-z0-9+/]{43}=)$/.exec(stored);
  if (parts === null || Number(parts[1]) > MOST_ITERATIONS) return null;
  return { iterations: Number(parts[1]), salt: parts[2]!, hash: parts[3]! };
}

/** Whether a hash of another program may be taken over as it is. */
export function isPasswordHash(text: string): boolean {
  return partsOf(text) !== null;
}

/** Whether a hash should be made anew as soon as its password is known: it is not as this archive makes them. */
export function isForeign(stored: string): boolean {
  return partsOf(stored)?.iterations !== ITERATIONS;
}

/**
 * Whether the password is the one that was hashed; false for what is no password hash. Throws BAD_PARAMETER for hashes
 * of another algorithm, and RATE_LIMITED where too many are asked for that the runtime refuses to compute.
 */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  if (stored === "" || stored.startsWith("!")) {
    // As long as for a real one, so that the time does not tell which accounts have a password.
    await derive(password, "no password", ITERATIONS);
    return false;
  }
  const parts = partsOf(stored);
  if (parts === null) {
    throw new ArchiveError(
      "BAD_PARAMETER",
      "The password of this account was set by another program; an administrator must set it anew.",
      { field: "non_field_errors", algorithm: stored.split("$")[0] },
    );
  }
  const computed = await derive(password, parts.salt, parts.iterations);
  const wanted = Uint8Array.from(atob(parts.hash), (character) => character.charCodeAt(0));
  return computed.length === wanted.length && timingSafeEqual(computed, wanted);
}
