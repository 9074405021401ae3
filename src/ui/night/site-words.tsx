/** Sun and Moon of each site in words: what the curves show. */

import { moonAltitude, moonIlluminated, type Place, type Span, spansBelow, sunAltitude } from "../../sky/sun-moon.ts";
import type { SiteSky } from "./site.ts";

interface SiteWordsProps {
  sites: readonly string[];
  skies: ReadonlyMap<string, SiteSky>;
  /** Noon to noon, where the place is known. */
  nights: ReadonlyMap<string, Span>;
}

export function SiteWords({ sites, skies, nights }: SiteWordsProps) {
  return (
    <ul class="site-words small">
      {sites.map((site) => {
        const sky = skies.get(site);
        return (
          <li key={site}>
            <b>{site === "" ? "Unknown site" : site}</b>
            <span class="unseen">: </span>
            <span>
              {sky === undefined
                ? "Sun and Moon are not known yet."
                : sky.place !== null
                  ? wordsOf(sky.place, nights.get(site)!)
                  : sky.samples.length > 0
                    ? "Altitudes of Sun and Moon as the headers have them; they do not tell where the site is."
                    : "The headers do not tell where the site is, so Sun and Moon are not shown."}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function clock(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}

/** `18:35–04:22`; a span that goes on beyond the night has no edge there. */
function spanWords(spans: readonly Span[], night: Span, none: string): string {
  if (spans.length === 0) return none;
  return spans
    .map(({ start, end }) => {
      const [opens, closes] = [start > night.start, end < night.end];
      if (!opens && !closes) return "all the time";
      if (!opens) return `until ${clock(end)}`;
      return closes ? `${clock(start)}–${clock(end)}` : `from ${clock(start)}`;
    })
    .join(" and ");
}

function wordsOf(at: Place, night: Span): string {
  const sun = (limit: number) => spansBelow(limit, (ms) => sunAltitude(ms, at), night);
  // The Moon above the horizon is its altitude turned over below it.
  const moon = spansBelow(0, (ms) => -moonAltitude(ms, at), night);
  const lit = Math.round(moonIlluminated((night.start + night.end) / 2) * 100);
  return [
    `Sun down ${spanWords(sun(-50 / 60), night, "never")}`,
    `below −12° ${spanWords(sun(-12), night, "never")}`,
    `below −18° ${spanWords(sun(-18), night, "never")} UTC`,
    `Moon ${lit} % lit, up ${spanWords(moon, night, "never")}`,
  ].join(" · ");
}
