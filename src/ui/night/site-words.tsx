/** Sun and Moon of each site in words: what the curves show. */

import { moonAltitude, moonIlluminated, type Place, type Span, spansBelow, sunAltitude } from "../../sky/sun-moon.ts";
import type { SiteSky } from "./sky-over-site.ts";

interface SiteWordsProps {
  sites: readonly string[];
  skies: ReadonlyMap<string, SiteSky>;
  shown: Span;
}

export function SiteWords({ sites, skies, shown }: SiteWordsProps) {
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
                  ? wordsOf(sky.place, shown)
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

/** `18:35–04:22`; a span that goes on beyond what is shown has no edge there. */
function spanWords(spans: readonly Span[], shown: Span, none: string): string {
  if (spans.length === 0) return none;
  return spans
    .map(({ start, end }) => {
      const [opens, closes] = [start > shown.start, end < shown.end];
      if (!opens && !closes) return "all the time";
      if (!opens) return `until ${clock(end)}`;
      return closes ? `${clock(start)}–${clock(end)}` : `from ${clock(start)}`;
    })
    .join(" and ");
}

function wordsOf(at: Place, shown: Span): string {
  const sun = (limit: number) => spansBelow(limit, (ms) => sunAltitude(ms, at), shown);
  // The Moon above the horizon is its altitude turned over below it.
  const moon = spansBelow(0, (ms) => -moonAltitude(ms, at), shown);
  const lit = Math.round(moonIlluminated((shown.start + shown.end) / 2) * 100);
  return [
    `Sun down ${spanWords(sun(-50 / 60), shown, "never")}`,
    `below −12° ${spanWords(sun(-12), shown, "never")}`,
    `below −18° ${spanWords(sun(-18), shown, "never")} UTC`,
    `Moon ${lit} % lit, up ${spanWords(moon, shown, "never")}`,
  ].join(" · ");
}
