/**
 * Several databases as one archive. A shard holds the frames whose DATE-OBS lay in its epoch when they came; its number
 * is the upper part of their ids, so that an id leads to its database without a table. The first shard's ids are the
 * small numbers 1, 2, 3 …, and those brought over from an older archive.
 */
import { env } from "cloudflare:workers";

/** Ids of a shard: its number times this, and up. 2^12 shards of 2^40 frames stay below 2^53. */
export const IDS = 2 ** 40;

export interface Shard {
  number: number;
  d1: D1Database;
  /** First DATE-OBS of its epoch, UTC milliseconds. The first shard takes everything before as well. */
  from: number;
}

/** A setting of shards that cannot be meant. */
export class ShardError extends Error {
  override readonly name = "ShardError";
}

export function shardNumberOf(id: number): number {
  return Math.floor(id / IDS);
}

/** The shard for a new frame: the last whose epoch has begun by then. `shards` in order of their epochs. */
export function shardFor(shards: Shard[], dateObs: number): Shard {
  return shards.findLast(({ from }) => from <= dateObs) ?? shards[0]!;
}

/**
 * The archive's databases: `DB`, and those of SHARDS, a JSON object of binding names and the dates at which their epochs
 * begin: `{"DB_2026": "2026-01-01"}`. Shards are numbered in that order and must never change their places.
 */
export function shardsOf(first: D1Database): Shard[] {
  const shards: Shard[] = [{ number: 0, d1: first, from: -Infinity }];
  const bindings = env as unknown as Record<string, unknown>;
  const setting = bindings.SHARDS;
  if (first !== bindings.DB || typeof setting !== "string" || setting.trim() === "") return shards;
  for (const [name, date] of Object.entries(JSON.parse(setting) as Record<string, string>)) {
    const from = Date.parse(date);
    const d1 = bindings[name] as D1Database | undefined;
    if (d1 === undefined) throw new ShardError(`SHARDS names ${name}, which is no binding of this Worker.`);
    if (!(from > shards.at(-1)!.from))
      throw new ShardError(`SHARDS["${name}"] begins at ${date}, not after the one before.`);
    shards.push({ number: shards.length, d1, from });
  }
  return shards;
}
