/** Nights and what was taken in them. */
import { getJson } from "./client.ts";

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
  return (await getJson<{ results: NightCount[] }>(`/frames/nights/?${query}`, signal)).results;
}

/** The science header of a frame as keywords and values. */
export async function headerData(id: number, signal: AbortSignal): Promise<Record<string, unknown>> {
  return (await getJson<{ data: Record<string, unknown> }>(`/frames/${id}/headers/`, signal)).data;
}
