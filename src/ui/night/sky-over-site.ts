/** What the sky did over each site of a night: from the headers of a few of its frames, else computed for the place. */
import { useEffect, useState } from "preact/hooks";
import type { Frame } from "../api/frame.ts";
import { headerData } from "../api/night.ts";
import { altitudesIn, placeIn, type SiteSky } from "./site.ts";

/** Frames of a site whose headers are read: one tells the place; more only where headers tell the altitudes. */
const SAMPLES = 9;
/** Frames that are asked for a place before it is given up. */
const TRIES = 3;

/** Frames spread evenly over a site's night. */
function spreadOut(frames: readonly Frame[], most: number): Frame[] {
  const count = Math.min(most, frames.length);
  return Array.from(
    { length: count },
    (_, i) => frames[Math.round((i * (frames.length - 1)) / Math.max(1, count - 1))]!,
  );
}

/** Tells what is known after each header that tells something: the place mostly after the first. */
async function readSky(frames: readonly Frame[], signal: AbortSignal, tell: (sky: SiteSky) => void): Promise<void> {
  const own = frames.filter(({ RLEVEL }) => RLEVEL === 0);
  const picked = spreadOut(own.length > 0 ? own : frames, SAMPLES);
  let sky: SiteSky = { place: null, samples: [] };
  for (const [tried, frame] of picked.entries()) {
    if (tried >= TRIES && sky.samples.length === 0) break;
    const header = await headerData(frame.id, signal);
    const { sun, moon } = altitudesIn(header);
    const told = sun !== null || moon !== null;
    sky = {
      place: sky.place ?? placeIn(header),
      samples: told ? [...sky.samples, { ms: Date.parse(frame.DATE_OBS), sun, moon }] : sky.samples,
    };
    if (sky.place !== null || told) tell(sky);
    if (!told && sky.place !== null) break;
  }
  if (sky.place === null && sky.samples.length === 0) tell(sky);
}

/** By site; a site is missing while it is being read. */
export function useSkies(frames: readonly Frame[], complete: boolean): ReadonlyMap<string, SiteSky> {
  const [skies, setSkies] = useState<ReadonlyMap<string, SiteSky>>(new Map());
  // Read once all frames are here, so that the samples spread over the night and are read once.
  const key = complete ? [...new Set(frames.map(({ SITEID }) => SITEID))].sort().join("\n") + frames[0]?.night : null;
  useEffect(() => {
    if (key === null) return;
    const controller = new AbortController();
    setSkies(new Map());
    for (const site of new Set(frames.map(({ SITEID }) => SITEID))) {
      const tell = (sky: SiteSky) => setSkies((before) => new Map(before).set(site, sky));
      readSky(
        frames.filter(({ SITEID }) => SITEID === site),
        controller.signal,
        tell,
      ).catch(() => {
        if (controller.signal.aborted) return;
        // A header that cannot be read: what others told still holds; where none did, there are no curves of this site.
        setSkies((before) => (before.has(site) ? before : new Map(before).set(site, { place: null, samples: [] })));
      });
    }
    return () => controller.abort();
  }, [key]);
  return skies;
}
