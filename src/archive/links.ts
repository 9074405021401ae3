/**
 * Signed links: an address that works anywhere (wget, aria2, DS9, a colleague's browser) without a header, for one
 * version of one frame, until it expires, and only as long as the account it was made for may see the frame.
 *
 * In the query: `s=KEY.USES.USER.VERSION.EXPIRES.MAC`, where KEY names the signing key, USES is some of the letters
 * d (download), h (headers), p (preview), USER the account's id (0: nobody, what anonymous people see), EXPIRES seconds
 * since 1970 in base 36, and MAC 128 bits in hex over all of them and the frame. The frame's id is the one in the path.
 * Nothing in it needs encoding, and nothing can spell "download": pyobs clients replace every `download` in the address
 * by `headers`, so the last path segment is not signed, the uses are.
 */
import { createCipheriv, createHmac, timingSafeEqual } from "node:crypto";
import type { Config } from "../config.ts";
import { ArchiveError } from "./errors.ts";

export type LinkUse = "download" | "headers" | "preview";

const LETTERS: Record<LinkUse, string> = { download: "d", headers: "h", preview: "p" };

/** Name of the query parameter that carries a signature. */
export const LINK_PARAMETER = "s";

/** What all links of one answer share. */
export interface LinkTerms {
  /** Account whose rights the link lends; null: those of people who are not signed in. */
  user: number | null;
  uses: readonly LinkUse[];
  /** UTC milliseconds, a whole number of seconds. */
  expires: number;
}

export interface Link extends LinkTerms {
  frame: number;
  version: number;
}

export const ALL_USES: readonly LinkUse[] = ["download", "headers", "preview"];

interface SigningKey {
  id: string;
  bytes: Uint8Array;
}

function signingKey(secret: string): SigningKey {
  const bytes = createHmac("sha256", secret).update("platevault links 2").digest();
  return { id: createHmac("sha256", bytes).update("key id").digest("hex").slice(0, 4), bytes };
}

/** Bytes of a block of AES. */
const BLOCK = 16;

const keysOf = new WeakMap<Config, SigningKey[]>();

/** The signing key first, then the one before it. A value kept per isolate, never a promise. */
function keys(config: Config): SigningKey[] {
  let known = keysOf.get(config);
  if (known === undefined) {
    known = [config.secretKey, config.secretKeyPrevious].filter((secret) => secret !== null).map(signingKey);
    keysOf.set(config, known);
  }
  return known;
}

/**
 * MACs of some versions of frames, one after the other in hex. The terms make a key (HMAC-SHA-256), and AES-256 of the
 * one block that a frame and its version fit into is the MAC: a block cipher is a pseudo-random function of its blocks.
 * A list of 1000 links is one native call of 0.2 ms; a HMAC each took 5.
 */
function macsOf(key: SigningKey, terms: string, frames: readonly { id: number; version: number }[]): string {
  const blocks = new DataView(new ArrayBuffer(BLOCK * frames.length));
  frames.forEach(({ id, version }, i) => {
    blocks.setBigUint64(BLOCK * i, BigInt(id));
    blocks.setUint32(BLOCK * i + 8, version);
  });
  const own = createHmac("sha256", key.bytes).update(terms).digest();
  const cipher = createCipheriv("aes-256-ecb", own, null).setAutoPadding(false);
  return cipher.update(new Uint8Array(blocks.buffer)).toString("hex");
}

/**
 * When links of the usual life end, UTC milliseconds: at least LINK_SECONDS from now, rounded up to the next full hour
 * (or LINK_SECONDS, if less), so that a list asked for twice has the same addresses and can be cached.
 */
export function linkExpiry(config: Config, now: number): number {
  const step = Math.min(3600, Math.max(1, Math.floor(config.linkSeconds))) * 1000;
  return Math.ceil((now + config.linkSeconds * 1000) / step) * step;
}

/** The queries (`s=…`) to put behind `…/frames/ID/download/`, `headers/` or `preview/`, one for each frame. */
export function signLinks(
  config: Config,
  terms: LinkTerms,
  frames: readonly { id: number; version: number }[],
): string[] {
  const key = keys(config)[0]!;
  let uses = "";
  for (const use of terms.uses) uses += LETTERS[use];
  const [user, expires] = [terms.user ?? 0, Math.floor(terms.expires / 1000).toString(36)];
  const macs = macsOf(key, `${uses}.${user}.${expires}`, frames);
  return frames.map(({ version }, i) => {
    const mac = macs.slice(2 * BLOCK * i, 2 * BLOCK * (i + 1));
    return `${LINK_PARAMETER}=${key.id}.${uses}.${user}.${version}.${expires}.${mac}`;
  });
}

/** The same for one. */
export function signLink(config: Config, link: Link): string {
  return signLinks(config, link, [{ id: link.frame, version: link.version }])[0]!;
}

function refuse(message: string): ArchiveError {
  return new ArchiveError("FORBIDDEN", message);
}

/**
 * What a signature allows. Whether its user still may see the frame is for the caller to ask. Throws FORBIDDEN, with
 * the reason, for a signature that is malformed, altered, of another frame, expired, or not for this use.
 */
export function verifyLink(config: Config, signature: string, frame: number, use: LinkUse, now: number): Link {
  const parts = /^([0-9a-f]{4})\.(d?h?p?)\.(\d{1,15})\.([1-9]\d{0,8})\.([0-9a-z]{1,9})\.([0-9a-f]{32})$/.exec(
    signature,
  );
  if (parts === null) throw refuse("This link is incomplete or altered.");
  const [, keyId, uses, user, version, expires, mac] = parts as unknown as string[];
  const given = new TextEncoder().encode(mac);
  let signed = false;
  for (const key of keys(config)) {
    if (key.id !== keyId) continue;
    const right = macsOf(key, `${uses}.${user}.${expires}`, [{ id: frame, version: Number(version) }]);
    if (timingSafeEqual(new TextEncoder().encode(right), given)) signed = true;
  }
  if (!signed) throw refuse("This link is altered, belongs to another frame, or its signing key was withdrawn.");
  const end = Number.parseInt(expires!, 36) * 1000;
  if (now >= end) throw refuse(`This link expired at ${new Date(end).toISOString()}; ask the archive for a new one.`);
  if (!uses!.includes(LETTERS[use])) throw refuse(`This link does not allow ${use}.`);
  return {
    frame,
    version: Number(version),
    user: Number(user) === 0 ? null : Number(user),
    uses: ALL_USES.filter((one) => uses!.includes(LETTERS[one])),
    expires: end,
  };
}
