/** Positions by name, from the resolver that the archive asks. */
import { getJson } from "./client.ts";

interface Answer {
  /** As asked. */
  name: string;
  /** ICRS degrees. */
  ra: number;
  dec: number;
  /** The name that the catalogue has for it. */
  designation: string | null;
  /** Who said so: "Simbad". */
  source: string;
}

/** A name's position as addresses write it. */
export interface Resolved {
  /** As the person wrote it. */
  name: string;
  designation: string | null;
  ra: string;
  dec: string;
  source: string;
}

/** Throws ApiError: 404 unknown name, 503 and 504 no answer from the resolver. */
export function resolve(name: string, signal: AbortSignal): Promise<Answer> {
  return getJson(`resolve/?${new URLSearchParams({ name })}`, signal);
}
