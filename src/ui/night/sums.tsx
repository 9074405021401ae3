/** What a night adds up to: totals by filter, type and telescope, and the longest gaps. */
import type { Frame } from "../api/frame.ts";
import { count, counted } from "../design/format.ts";
import { duration, type Gap, LEAST_GAP, totalsBy } from "./exposures.ts";

const TABLES: readonly { title: string; of: (frame: Frame) => string; empty: string }[] = [
  { title: "Filter", of: ({ FILTER }) => FILTER ?? "", empty: "no filter" },
  { title: "Image type", of: ({ OBSTYPE }) => OBSTYPE, empty: "unknown" },
  { title: "Telescope", of: ({ SITEID, TELID }) => `${SITEID} ${TELID}`.trim(), empty: "unknown" },
];

export function Totals({ frames }: { frames: readonly Frame[] }) {
  return (
    <div class="totals">
      {TABLES.map(({ title, of, empty }) => (
        <table class="card" key={title} aria-label={`Totals by ${title.toLowerCase()}`}>
          <thead>
            <tr>
              <th scope="col">{title}</th>
              <th scope="col" class="number">
                Frames
              </th>
              <th scope="col" class="number">
                Exposures
              </th>
              <th scope="col" class="number" title="Time with the shutter open">
                Open
              </th>
            </tr>
          </thead>
          <tbody>
            {totalsBy(frames, of).map((total) => (
              <tr key={total.value}>
                <th scope="row">{total.value === "" ? empty : total.value}</th>
                <td class="number">{count(total.frames)}</td>
                <td class="number">{count(total.exposures)}</td>
                <td class="number nowrap">{duration(total.open * 1000)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
      <p class="muted small">
        A raw frame and what was reduced from it are one exposure. Open: for how long the shutter was.
      </p>
    </div>
  );
}

/** Gaps listed. */
const MOST = 10;

interface GapListProps {
  gaps: readonly Gap[];
  /** Sites of which it is known when it was dark. */
  known: ReadonlySet<string>;
  onShow: (gap: Gap) => void;
}

export function GapList({ gaps, known, onShow }: GapListProps) {
  const clock = (ms: number) => new Date(ms).toISOString().slice(11, 16);
  const unknown = gaps.some(({ site }) => !known.has(site));
  return (
    <>
      <p class="muted small">
        {`Stretches of ${duration(LEAST_GAP)} and more without an exposure while the Sun was 12° or more below the horizon.`}
        {unknown && " Where no header tells the site's place, stretches between its frames."}
      </p>
      {gaps.length === 0 ? (
        <p>No gaps.</p>
      ) : (
        <ol class="gaps">
          {gaps.slice(0, MOST).map((gap) => (
            <li key={`${gap.site} ${gap.telescope} ${gap.start}`}>
              <button type="button" class="link" onClick={() => onShow(gap)}>
                {duration(gap.end - gap.start)}
              </button>
              <span>
                {clock(gap.start)}–{clock(gap.end)} UTC · {gap.site} {gap.telescope}
                <span class="muted">
                  {gap.after === null && " · before the first exposure in the dark"}
                  {gap.after !== null && gap.before === null && " · after the last exposure"}
                </span>
              </span>
            </li>
          ))}
        </ol>
      )}
      {gaps.length > MOST && <p class="muted small">{`and ${counted(gaps.length - MOST, "shorter one")}`}</p>}
    </>
  );
}
