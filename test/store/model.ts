/** The catalogue as a plain array: what every answer of the store is compared with. */
import { separation } from "../../src/sky/angle.ts";
import { covers, intersects } from "../../src/sky/footprint.ts";
import type { Frame, FrameQuery, Page, Sight, SortField } from "../../src/store/frame.ts";

export function visible(frame: Frame, sight: Sight): boolean {
  if (sight.kind === "all") return true;
  if (frame.propid !== null && sight.proposals.includes(frame.propid)) return true;
  return frame.publicDate === null ? sight.undated : frame.publicDate <= sight.now;
}

export function matches(frame: Frame, query: FrameQuery): boolean {
  for (const [field, values] of Object.entries(query.equals ?? {})) {
    const value = field === "binning" ? `${frame.xbinning}x${frame.ybinning}` : frame[field as "filter"];
    if (!values.includes(value)) return false;
  }
  if (query.notImagetyp?.includes(frame.imagetyp)) return false;
  if (query.objectContains !== undefined) {
    const name = frame.object?.toLowerCase().replace(/\s/g, "");
    const words = query.objectContains.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length > 0 && (name === undefined || !words.every((word) => name.includes(word)))) return false;
  }
  const { basenameContains, exptimeMin, exptimeMax, start, end, cone } = query;
  if (basenameContains && !frame.basename.toLowerCase().includes(basenameContains.toLowerCase())) return false;
  if (exptimeMin !== undefined && !(frame.exptime !== null && frame.exptime >= exptimeMin)) return false;
  if (exptimeMax !== undefined && !(frame.exptime !== null && frame.exptime <= exptimeMax)) return false;
  if (start !== undefined && frame.dateObs < start) return false;
  if (end !== undefined && frame.dateObs > end) return false;
  if (cone !== undefined) {
    if (frame.ra === null || frame.dec === null) return false;
    if (separation(frame.ra, frame.dec, cone.ra, cone.dec) > cone.radius) return false;
  }
  if (query.covers && !(frame.footprint && covers(frame.footprint, query.covers))) return false;
  if (query.intersects && !(frame.footprint && intersects(frame.footprint, query.intersects))) return false;
  if (query.public !== undefined) {
    const isPublic = frame.publicDate !== null && frame.publicDate <= query.public.now;
    if (isPublic !== query.public.is) return false;
  }
  return true;
}

function sortedBy(frame: Frame, sort: SortField): string | number | null {
  if (sort === "size") return frame.file.size;
  if (sort === "binning") return frame.xbinning * 1000 + frame.ybinning;
  return frame[sort];
}

/** SQLite's order with NULL first; ties by id. */
export function ordered(frames: Frame[], sort: SortField, descending: boolean): Frame[] {
  return frames.toSorted((a, b) => {
    const [x, y] = [sortedBy(a, sort), sortedBy(b, sort)];
    let order = 0;
    if (x === null || y === null) order = Number(x !== null) - Number(y !== null);
    else if (x !== y) order = x < y ? -1 : 1;
    return (descending ? -order : order) || a.id - b.id;
  });
}

export function find(frames: Frame[], query: FrameQuery, page: Page, sight: Sight): { count: number; ids: number[] } {
  const found = frames.filter((frame) => visible(frame, sight) && matches(frame, query));
  const ids = ordered(found, page.sort, page.descending).map(({ id }) => id);
  return { count: found.length, ids: ids.slice(page.offset, page.offset + page.limit) };
}
