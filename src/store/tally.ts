/** Counts by combination, as the triggers keep them in JSON: `{"combination": [frames, bytes]}`. */

import { PERIOD_DAYS } from "./calendar.ts";

export interface Count {
  frames: number;
  bytes: number;
}

/**
 * What a row of `tally` counts; the kind is the upper part of its id.
 * `day`: UTC days. A combination has up to three entries there, told apart by the night of their frames (`ofDay`).
 * `object` (0: none), `cell` (of the pointing): by id and number. `night`: frames whose night is neither the day of
 * DATE_OBS nor the one before. `field`: cells by period, `field key = cell * FIELD + period`; each combination has an
 * entry a day there (`withinField`).
 */
export const TALLY = { day: 1, object: 2, cell: 3, night: 4, field: 8 } as const;

const KIND = 2 ** 40;
/** Periods of a cell: more than the years 1 to 9999 have. */
export const FIELD = 2 ** 17;

export function tallyId(kind: keyof typeof TALLY, key: number): number {
  return TALLY[kind] * KIND + key;
}

/** What a row of `tally` is about. Fields come last and have room for more. */
export function tallyKey(id: number): number {
  return id >= TALLY.field * KIND ? id - TALLY.field * KIND : id % KIND;
}

export type Counts = Map<number, Count>;

export function parseCounts(json: string): Counts {
  const counts: Counts = new Map();
  for (const [key, [frames, bytes]] of Object.entries(JSON.parse(json) as Record<string, [number, number]>)) {
    counts.set(Number(key), { frames, bytes });
  }
  return counts;
}

/** Nights of the frames of a day: its own date, the date before, any other. */
export const NIGHTS = { same: 0, before: 1, other: 2 } as const;

/** Counts of a day with `combination * 3 + night` as keys: of all its frames, or of one kind of night. */
export function ofDay(counts: Counts, night?: number): Counts {
  const found: Counts = new Map();
  for (const [key, count] of counts) {
    if (night === undefined || key % 3 === night) addTo(found, Math.floor(key / 3), count);
  }
  return found;
}

/** Counts of a field's frames between two days, both inside, with `combination * 32 + day of the period` as keys. */
export function withinField(counts: Counts, period: number, first: number, last: number): Counts {
  const found: Counts = new Map();
  for (const [key, count] of counts) {
    const day = period * PERIOD_DAYS + (key % PERIOD_DAYS);
    if (day >= first && day <= last) addTo(found, Math.floor(key / PERIOD_DAYS), count);
  }
  return found;
}

export function addTo(counts: Counts, key: number, { frames, bytes }: Count, sign = 1): void {
  const old = counts.get(key);
  if (old === undefined) counts.set(key, { frames: sign * frames, bytes: sign * bytes });
  else {
    old.frames += sign * frames;
    old.bytes += sign * bytes;
  }
}
