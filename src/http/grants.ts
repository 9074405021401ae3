/**
 * Files that somebody was just given. A download comes in many requests: ranges of it side by side (aria2c -x16), the
 * sections of an image one after another (astropy over fsspec). Those of one second are one download: as one that has
 * begun, it goes on for that long without asking the catalogue again. Whatever is written through this isolate ends it.
 */
import { ArchiveError } from "../archive/errors.ts";
import { LINK_PARAMETER } from "../archive/links.ts";
import type { Frame } from "../store/frame.ts";
import type { HttpContext } from "./context.ts";

/** Milliseconds. */
const LIFE = 1000;
const MOST = 100;

interface Grant {
  frame: Frame;
  until: number;
}

const granted = new WeakMap<D1Database, Map<string, Grant>>();

/** All that a request shows to be given a file, and which. */
function keyOf(c: HttpContext): string {
  const shown = [c.req.header("Authorization"), c.req.header("Cookie"), c.req.query(LINK_PARAMETER)];
  return JSON.stringify([c.req.param("id"), c.req.query("version"), ...shown]);
}

/** The frame that the same request was given within the last second, or null. Then nobody has to be asked who is there. */
export function recall(c: HttpContext): Frame | null {
  const grant = granted.get(c.env.DB)?.get(keyOf(c));
  if (grant === undefined || grant.until < Date.now() || c.var.identity instanceof ArchiveError) return null;
  c.var.holders.witnesses.length = 0;
  return grant.frame;
}

/** Notes that the request was given this frame's file. */
export function grant(c: HttpContext, frame: Frame): void {
  let grants = granted.get(c.env.DB);
  if (grants === undefined) granted.set(c.env.DB, (grants = new Map()));
  if (grants.size >= MOST) grants.delete(grants.keys().next().value!);
  grants.set(keyOf(c), { frame, until: Date.now() + LIFE });
}

/** Of all that was given: something has changed. */
export function endGrants(d1: D1Database): void {
  granted.delete(d1);
}
