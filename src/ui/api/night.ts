/** Nights and what was taken in them. */
import { getJson } from "./client.ts";
import { listFrames } from "./frame.ts";

export interface NightCount {
  /** `YYYY-MM-DD`: the date of its evening. */
  night: string;
  frames: number;
  bytes: number;
}

/** Nights from one date to another, both included, that have frames which `filters` find; in order. */
export async function nightCounts(
  first: string,
  last: string,
  filters: URLSearchParams,
  signal: AbortSignal,
): Promise<NightCount[]> {
  const query = new URLSearchParams(filters);
  query.set("start", first);
  query.set("end", last);
  return (await getJson<{ results: NightCount[] }>(`frames/nights/?${query}`, signal)).results;
}

const DAY = 86_400_000;
/** Nights that are looked through at once, on both sides of one. */
const NEAR = 60;

/** The nights with frames before and after one, however far; null: there is none. */
export async function nightsBeside(
  night: string,
  filters: URLSearchParams,
  signal: AbortSignal,
): Promise<{ before: string | null; after: string | null }> {
  const days = (from: number) => new Date(Date.parse(`${night}T00:00:00Z`) + from * DAY).toISOString().slice(0, 10);
  const near = await nightCounts(days(-NEAR), days(NEAR), filters, signal);
  // A night's frames are of its own day and the next: these bounds leave no frame of a night that was not looked at.
  const [before, after] = await Promise.all([
    near.findLast((one) => one.night < night)?.night ?? farNight({ end: days(2 - NEAR) }, "desc", filters, signal),
    near.find((one) => one.night > night)?.night ?? farNight({ start: days(NEAR - 2) }, "asc", filters, signal),
  ]);
  return { before, after };
}

/** The night of the first frame of a list. */
export async function farNight(
  bounds: { start?: string; end?: string },
  order: "asc" | "desc",
  filters: URLSearchParams,
  signal: AbortSignal,
): Promise<string | null> {
  const query = new URLSearchParams(filters);
  for (const [name, value] of Object.entries({ ...bounds, sort: "DATE_OBS", order, limit: "1" }))
    query.set(name, value);
  query.set("include_related_frames", "false");
  return (await listFrames(query.toString(), signal)).results[0]?.night ?? null;
}

/** The science header of a frame as keywords and values. */
export async function headerData(id: number, signal: AbortSignal): Promise<Record<string, unknown>> {
  return (await getJson<{ data: Record<string, unknown> }>(`frames/${id}/headers/`, signal)).data;
}
