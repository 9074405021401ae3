/** Counts by combination, as the triggers keep them in JSON: `{"combination": [frames, bytes]}`. */

export interface Count {
  frames: number;
  bytes: number;
}

/** What a row of `tally` counts. The number is the upper part of its id. */
export const TALLY = { day: 1, night: 2, object: 3, cell: 4 } as const;

const KIND = 2 ** 40;
/** Nights count from 1970; moved so that all are positive. */
const NIGHT_SHIFT = 1_000_000;

export function tallyId(kind: keyof typeof TALLY, key: number): number {
  return TALLY[kind] * KIND + key + (kind === "night" ? NIGHT_SHIFT : 0);
}

/** The day, night, object or cell of a row of `tally`. */
export function tallyKey(id: number): number {
  const kind = Math.floor(id / KIND);
  return id - kind * KIND - (kind === TALLY.night ? NIGHT_SHIFT : 0);
}

export type Counts = Map<number, Count>;

export function parseCounts(json: string): Counts {
  const counts: Counts = new Map();
  for (const [key, [frames, bytes]] of Object.entries(JSON.parse(json) as Record<string, [number, number]>)) {
    counts.set(Number(key), { frames, bytes });
  }
  return counts;
}

export function addTo(counts: Counts, key: number, { frames, bytes }: Count, sign = 1): void {
  const old = counts.get(key);
  if (old === undefined) counts.set(key, { frames: sign * frames, bytes: sign * bytes });
  else {
    old.frames += sign * frames;
    old.bytes += sign * bytes;
  }
}
