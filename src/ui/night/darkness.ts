/** When it was dark over the sites of a night, and from when to when there is something to show of it. */
import { type Span, spansBelow, sunAltitude } from "../../sky/sun-moon.ts";
import { type Exposed, spanOf } from "./exposures.ts";
import type { SiteSky } from "./site.ts";

const DAY = 86_400_000;
const MARGIN = 15 * 60_000;

export interface Darkness {
  /** Of all sites: from the first sunset or frame to the last sunrise or frame, with a margin. */
  whole: Span;
  /** Each site's own night, from one mean solar noon to the next; sites whose place is not known are missing. */
  nights: ReadonlyMap<string, Span>;
  /** When a site's Sun was 12° or more below its horizon; none while its place is being read, missing without a place. */
  dark: ReadonlyMap<string, readonly Span[]>;
}

/** The day between two mean solar noons that holds a moment. `longitude`: degrees east. */
function solarDay(ms: number, longitude: number): Span {
  const noon = DAY / 2 - (longitude / 360) * DAY;
  const start = Math.floor((ms - noon) / DAY) * DAY + noon;
  return { start, end: start + DAY };
}

/** One night's frames of any sites: what is night at one of them may be day at another. */
export function darknessOf(frames: readonly Exposed[], skies: ReadonlyMap<string, SiteSky>): Darkness {
  const bySite = new Map<string, Span[]>();
  for (const frame of frames) {
    const spans = bySite.get(frame.SITEID) ?? [];
    spans.push(spanOf(frame));
    bySite.set(frame.SITEID, spans);
  }
  const nights = new Map<string, Span>();
  const dark = new Map<string, Span[]>();
  const whole = { start: Number.POSITIVE_INFINITY, end: Number.NEGATIVE_INFINITY };
  const widen = ({ start, end }: Span) => {
    whole.start = Math.min(whole.start, start);
    whole.end = Math.max(whole.end, end);
  };
  for (const [site, spans] of bySite) {
    spans.forEach(widen);
    const sky = skies.get(site);
    // While it is not known yet, there are no gaps rather than other ones.
    if (sky === undefined) dark.set(site, []);
    const place = sky?.place ?? null;
    if (place === null) continue;
    const starts = spans.map(({ start }) => start).sort((a, b) => a - b);
    // The middle one: a frame with a wrong date moves no night.
    const night = solarDay(starts[Math.floor(starts.length / 2)]!, place.longitude);
    const below = (limit: number) => spansBelow(limit, (ms) => sunAltitude(ms, place), night);
    nights.set(site, night);
    dark.set(site, below(-12));
    below(-50 / 60).forEach(widen);
  }
  return { whole: { start: whole.start - MARGIN, end: whole.end + MARGIN }, nights, dark };
}
