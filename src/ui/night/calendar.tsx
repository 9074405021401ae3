/** A year of nights with the number of frames of each: a grid for the eye, the mouse and the arrow keys. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { NightCount } from "../api/night.ts";
import { count, counted } from "../design/format.ts";
import { levelOf, levelsOf, MONTHS, spelled, stepped, weeksOf } from "./months.ts";

interface CalendarProps {
  year: number;
  nights: readonly NightCount[];
  /** The night on show. */
  current: string | null;
  addressOf: (night: string) => string;
}

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

export function Calendar({ year, nights, current, addressOf }: CalendarProps) {
  const counts = useMemo(() => new Map(nights.map(({ night, frames }) => [night, frames])), [nights]);
  const bounds = useMemo(() => levelsOf(nights.map(({ frames }) => frames)), [nights]);
  const start = current?.startsWith(`${year}-`) ? current : (nights.at(-1)?.night ?? `${year}-01-01`);
  const [stop, setStop] = useState(start);
  const grid = useRef<HTMLDivElement>(null);
  useEffect(() => setStop(start), [start]);

  const key = (event: KeyboardEvent) => {
    const next = stepped(stop, event.key);
    if (next === null) return;
    event.preventDefault();
    setStop(next);
    grid.current!.querySelector<HTMLElement>(`[data-night="${next}"]`)?.focus();
  };
  const most = nights.reduce((top, { frames }) => Math.max(top, frames), 0);
  const levels = [...bounds, ...(most > (bounds.at(-1) ?? 0) ? [most] : [])];

  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys go on from one month's grid to the next */}
      <div class="calendar" ref={grid} onKeyDown={key}>
        {MONTHS.map((name, month) => {
          const weeks = weeksOf(year, month);
          const sum = weeks.flat().reduce((all, night) => all + (counts.get(night ?? "") ?? 0), 0);
          return (
            // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose cells are walked is a grid (APG)
            <table class="month" role="grid" key={name} aria-label={`${name} ${year}: ${counted(sum, "frame")}`}>
              <caption aria-hidden="true">
                {name} {sum > 0 && <span class="muted">{count(sum)}</span>}
              </caption>
              <thead>
                <tr>
                  {WEEKDAYS.map((day) => (
                    <th key={day} scope="col" abbr={day}>
                      {day.slice(0, 1)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {weeks.map((week) => (
                  <tr key={week.find((night) => night !== null)}>
                    {week.map((night, weekday) => (
                      <Day
                        key={weekday}
                        night={night}
                        frames={counts.get(night ?? "") ?? 0}
                        bounds={bounds}
                        current={night === current}
                        stop={night === stop}
                        addressOf={addressOf}
                        onFocus={setStop}
                      />
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          );
        })}
      </div>
      {most > 0 && (
        <ul class="legend" aria-label="Frames a night">
          {levels.map((bound, i) => {
            const from = i === 0 ? 1 : levels[i - 1]! + 1;
            return (
              <li key={bound}>
                <span class={`day swatch level-${i + 1}`} />
                {from === bound ? count(bound) : `${count(from)}–${count(bound)}`}
              </li>
            );
          })}
          <li class="muted">frames a night</li>
        </ul>
      )}
    </>
  );
}

interface DayProps {
  /** Null: a day of another month. */
  night: string | null;
  frames: number;
  bounds: readonly number[];
  current: boolean;
  /** The one day that Tab stops at. */
  stop: boolean;
  addressOf: (night: string) => string;
  onFocus: (night: string) => void;
}

function Day({ night, frames, bounds, current, stop, addressOf, onFocus }: DayProps) {
  if (night === null) return <td />;
  const label = `${spelled(night)}, ${frames === 0 ? "no frames" : counted(frames, "frame")}`;
  const day = Number(night.slice(8));
  const shared = {
    "data-night": night,
    tabIndex: stop ? 0 : -1,
    "aria-label": label,
    "aria-current": current ? ("date" as const) : undefined,
    title: label,
    onFocus: () => onFocus(night),
  };
  if (frames === 0) {
    return (
      <td class="day" {...shared}>
        {day}
      </td>
    );
  }
  return (
    <td>
      <a class={`day level-${levelOf(frames, bounds)}`} href={addressOf(night)} {...shared}>
        {day}
      </a>
    </td>
  );
}
