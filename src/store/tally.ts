/** Counts by combination, as the triggers keep them in JSON: `{"combination": [frames, bytes]}`. */

export interface Count {
  frames: number;
  bytes: number;
}

/** What a row of `tally` counts. The number is the upper part of its id. */
export const TALLY = { day: 1, object: 2, cell: 3 } as const;

const KIND = 2 ** 40;

export function tallyId(kind: keyof typeof TALLY, key: number): number {
  return TALLY[kind] * KIND + key;
}

/** The day, object or cell of a row of `tally`. */
export function tallyKey(id: number): number {
  return id % KIND;
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
