/** A night: what each instrument did, under which Sun and Moon, and a calendar of all nights. Its address holds both. */
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import type { Span } from "../../sky/sun-moon.ts";
import { aggregate, type Frame } from "../api/frame.ts";
import { useFrameWalk } from "../api/frame-walk.ts";
import { farNight, nightCounts, nightsBeside } from "../api/night.ts";
import { useResource } from "../api/resource.ts";
import { session } from "../api/session.ts";
import { categoriesOf, GROUPINGS, type Grouping } from "../design/category.ts";
import { count, counted } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { Legend } from "../design/legend.tsx";
import { recall, remember } from "../design/memory.ts";
import { Fault } from "../design/notice.tsx";
import { WalkProgress } from "../design/walk-progress.tsx";
import { go, note, place, signInAddress } from "../router.ts";
import { FirstSteps } from "../search/first-steps.tsx";
import { keepNight } from "../search/last-search.ts";
import { News } from "../search/news.tsx";
import { Calendar } from "./calendar.tsx";
import { darknessOf } from "./darkness.ts";
import { gapsOf, rowsOf } from "./exposures.ts";
import { spelled } from "./months.ts";
import { SiteWords } from "./site-words.tsx";
import { useSkies } from "./sky-over-site.ts";
import { GapList, Totals } from "./sums.tsx";
import { Timeline } from "./timeline.tsx";
import "./night.css";

/** Frames of a night that are read at first, and more at a time when asked. */
const MOST = 10_000;
const REST_MS = 200;
/** What the address may narrow a night by. */
const NARROWED = ["SITE", "TELESCOPE"] as const;

/** Address of a night with the same filters; null: the newest. */
function addressOf(night: string | null, filters: URLSearchParams, year?: number, part?: string | null): string {
  const query = new URLSearchParams(filters);
  if (part) query.set("part", part);
  if (year !== undefined) query.set("year", String(year));
  return `night/${night === null ? "" : `${night}/`}${query.size === 0 ? "" : `?${query}`}`;
}

/** The part of a night that an address shows, `2026-03-15T19:30:00/2026-03-15T20:10:00` in UTC; null: all of it. */
function spanAsked(query: URLSearchParams): Span | null {
  const [start, end] = (query.get("part") ?? "").split("/").map((text) => Date.parse(`${text}Z`)) as [number, number];
  return end > start ? { start, end } : null;
}

function textOfSpan({ start, end }: Span): string {
  return [start, end].map((ms) => new Date(ms).toISOString().slice(0, 19)).join("/");
}

function filtersOf(query: URLSearchParams): URLSearchParams {
  const filters = new URLSearchParams();
  for (const name of NARROWED) for (const value of query.getAll(name)) if (value !== "") filters.append(name, value);
  return filters;
}

export default function NightPage({ argument }: { argument: string }) {
  const { query } = place.value;
  const filters = filtersOf(query);
  const newest = useResource(`newest night ${filters}`, (signal) => farNight({}, "desc", filters, signal));
  const night = argument === "" ? (newest.data ?? null) : argument;
  const asked = Number(query.get("year"));
  const year = asked >= 1 && asked <= 9999 ? Math.floor(asked) : Number((night ?? newest.data)?.slice(0, 4) ?? 0);
  const calendar = useResource(
    year === 0 ? null : `nights ${year} ${filters}`,
    (signal) => nightCounts(yearText(year, "01-01"), yearText(year, "12-31"), filters, signal),
    { keep: true },
  );
  const beside = useResource(
    night === null || !isNight(night) ? null : `beside ${night} ${filters}`,
    (signal) => nightsBeside(night!, filters, signal),
    { keep: true },
  );

  useEffect(() => {
    document.title = `${night === null ? "Nights" : `Night ${night}`} · Platevault`;
  }, [night]);

  const nights = calendar.data ?? [];
  return (
    <div class="page night-page">
      <div class="night-head">
        <h1 tabIndex={-1}>{night === null ? "Nights" : `Night of ${spelledOr(night)}`}</h1>
        <nav class="buttons" aria-label="Nights before and after">
          <Step label="Previous night" icon="left" night={beside.data?.before ?? null} filters={filters} />
          <Step label="Next night" icon="right" night={beside.data?.after ?? null} filters={filters} />
          {argument !== "" && newest.data && newest.data !== night && (
            <a class="button tight" href={addressOf(null, filters)}>
              Newest
            </a>
          )}
        </nav>
        <div class="grow" />
        <Narrow filters={filters} argument={argument} />
      </div>
      {newest.fault && night === null && <Fault fault={newest.fault} again={newest.reload} what="The nights" />}
      {night !== null && (
        <OneNight key={`${night} ${filters}`} night={night} filters={filters} asked={spanAsked(query)} />
      )}
      {argument === "" && newest.data === null && !newest.busy && (
        <div class="empty">
          <h2>There are no nights here yet</h2>
          <p class="muted">A night appears with its first frame that you may see.</p>
          <FirstSteps />
        </div>
      )}
      {year !== 0 && (
        <section class="nights" aria-labelledby="calendar-title" aria-busy={calendar.busy}>
          <div class="night-head">
            <h2 id="calendar-title">
              Nights of {year}
              {calendar.data && (
                <span class="muted">
                  {` · ${counted(nights.length, "night")}, ${counted(
                    nights.reduce((sum, { frames }) => sum + frames, 0),
                    "frame",
                  )}`}
                </span>
              )}
            </h2>
            <nav class="buttons" aria-label="Years">
              {[year - 1, year + 1].map((one) => (
                <a class="button tight" key={one} href={addressOf(argument || null, filters, one, query.get("part"))}>
                  {one < year && <Icon name="left" size={14} />}
                  {one}
                  {one > year && <Icon name="right" size={14} />}
                </a>
              ))}
            </nav>
          </div>
          {/* Away is said once, by the night above, and all of the page is asked for again when it is back. */}
          {calendar.fault && !(night !== null && calendar.fault.kind === "offline") && (
            <Fault fault={calendar.fault} again={calendar.reload} what="The calendar" />
          )}
          <Calendar year={year} nights={nights} current={night} addressOf={(one) => addressOf(one, filters)} />
        </section>
      )}
    </div>
  );
}

function isNight(text: string): boolean {
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text); // not the 31st of a month of 30
}

/** `2026-01-01`; years as ISO 8601 writes them. */
function yearText(year: number, rest: string): string {
  return `${String(Math.max(1, Math.min(9999, year))).padStart(4, "0")}-${rest}`;
}

/** The night in words; as it is in the address where that is no date. */
function spelledOr(night: string): string {
  return isNight(night) ? spelled(night) : night;
}

interface StepProps {
  label: string;
  icon: "left" | "right";
  night: string | null;
  filters: URLSearchParams;
}

function Step({ label, icon, night, filters }: StepProps) {
  const inner = (
    <>
      {icon === "left" && <Icon name="left" size={14} />}
      {night ?? (icon === "left" ? "Previous" : "Next")}
      {icon === "right" && <Icon name="right" size={14} />}
    </>
  );
  if (night === null) {
    return (
      <button type="button" class="button tight" disabled aria-label={`${label}: there is none`}>
        {inner}
      </button>
    );
  }
  return (
    <a class="button tight" href={addressOf(night, filters)} aria-label={`${label}, ${night}`}>
      {inner}
    </a>
  );
}

/** Site and telescope, for the night and the calendar alike. */
function Narrow({ filters, argument }: { filters: URLSearchParams; argument: string }) {
  const id = useId();
  const choices = useResource("facets ", (signal) => aggregate("", signal));
  const select = (name: (typeof NARROWED)[number], label: string, values: readonly string[] | undefined) => (
    <label class="sort-by" for={`${id}-${name}`}>
      <span class="muted">{label}</span>
      <select
        id={`${id}-${name}`}
        class="select"
        value={filters.get(name) ?? ""}
        onChange={(event) => {
          const next = new URLSearchParams(filters);
          if (event.currentTarget.value === "") next.delete(name);
          else next.set(name, event.currentTarget.value);
          go(addressOf(argument === "" ? null : argument, next));
        }}
      >
        <option value="">All</option>
        {[...new Set([...(values ?? []), ...filters.getAll(name)])].map((value) => (
          <option key={value} value={value}>
            {value === "" ? "unknown" : value}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div class="buttons">
      {select("SITE", "Site", choices.data?.choices.sites)}
      {select("TELESCOPE", "Telescope", choices.data?.choices.telescopes)}
    </div>
  );
}

/** One night's frames: summary, timeline, totals, gaps. */
function OneNight({ night, filters, asked }: { night: string; filters: URLSearchParams; asked: Span | null }) {
  const id = useId();
  const query = new URLSearchParams(filters);
  query.set("night", night);
  const [most, setMost] = useState(MOST);
  const walk = useFrameWalk(query.toString(), "asc", most);
  const { frames, total, state, fault } = walk;
  const skies = useSkies(frames, state !== "reading" && frames.length > 0);
  const [grouping, setGrouping] = useState<Grouping>(() => (recall("night-colours") as Grouping | null) ?? "filter");
  const [part, setPart] = useState(asked);
  const inAddress = asked && textOfSpan(asked);
  const noted = useRef(inAddress);
  // Back and Forward show another part; what this page has written into the address itself does not.
  useEffect(() => {
    if (inAddress === noted.current) return;
    noted.current = inAddress;
    setPart(asked);
  }, [inAddress]);
  const rows = useMemo(() => rowsOf(frames), [frames]);
  const categories = useMemo(() => categoriesOf(frames, grouping), [frames, grouping]);
  const { whole, nights, dark } = useMemo(() => darknessOf(frames, skies), [frames, skies]);
  const gaps = useMemo(() => gapsOf(frames, dark), [frames, dark]);
  const shown = part ?? whole;
  useEffect(() => {
    if (part === null) return;
    const timer = setTimeout(() => {
      noted.current = part.start === whole.start && part.end === whole.end ? null : textOfSpan(part);
      note({ part: noted.current });
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [part]);

  /** Beside it, its page has those of the same instrument. */
  const open = (frame: Frame) => {
    const row = rows.find(({ frames }) => frames.includes(frame));
    keepNight(addressOf(night, filters, undefined, part && textOfSpan(part)), row?.frames ?? []);
    go(`frame/${frame.id}`);
  };

  if (total === 0 && state === "done") {
    return (
      <div class="empty">
        <h2>No frames of this night</h2>
        <p class="muted">
          {filters.size > 0 ? "None of this site and telescope. " : "None that you may see. "}
          The nights before and after with frames are named above, and the calendar below counts those of every night.
        </p>
        <div class="buttons">
          {filters.size > 0 && (
            <a class="button" href={addressOf(night, new URLSearchParams())}>
              All sites and telescopes
            </a>
          )}
          {session.value.state === "out" && (
            <a class="button" href={signInAddress()}>
              Sign in to see more
            </a>
          )}
        </div>
      </div>
    );
  }
  const search = new URLSearchParams(query);
  return (
    <>
      <p id={`${id}-summary`} class="night-sum">
        {total === undefined
          ? fault === undefined && "Reading the frames …"
          : `${frames.length < total ? `The first ${count(frames.length)} of ` : ""}${counted(total, "frame")} by ${counted(rows.length, "instrument")}. `}
        {total !== undefined && <a href={`./?${search}`}>Show them in the search</a>}
      </p>
      {state === "done" && total !== undefined && <News filters={query} total={total} onShow={walk.again} />}
      <WalkProgress walk={walk} more={{ frames: MOST, onMore: () => setMost(most + MOST) }} />
      {frames.length > 0 ? (
        <>
          <SiteWords skies={skies} nights={nights} sites={[...new Set(rows.map(({ site }) => site))]} />
          <Timeline
            rows={rows}
            skies={skies}
            gaps={gaps}
            categories={categories}
            grouping={grouping}
            whole={whole}
            shown={shown}
            onShown={setPart}
            onOpen={open}
            describedBy={`${id}-summary`}
          />
          <div class="night-legend">
            <Legend categories={categories.values()} label={`Colours by ${GROUPINGS[grouping].label.toLowerCase()}`} />
            <div class="grow" />
            <label class="sort-by">
              <span class="muted">Colour by</span>
              <select
                class="select"
                value={grouping}
                onChange={(event) => {
                  setGrouping(event.currentTarget.value as Grouping);
                  remember("night-colours", event.currentTarget.value);
                }}
              >
                {(["filter", "type"] as const).map((name) => (
                  <option key={name} value={name}>
                    {GROUPINGS[name].label}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <div class="night-sums">
            <section aria-labelledby={`${id}-totals`}>
              <h2 id={`${id}-totals`}>Totals</h2>
              <Totals frames={frames} />
            </section>
            <section aria-labelledby={`${id}-gaps`}>
              <h2 id={`${id}-gaps`}>Longest gaps</h2>
              <GapList
                gaps={gaps}
                known={new Set([...skies].filter(([, sky]) => sky.place !== null).map(([site]) => site))}
                onShow={({ start, end }) => setPart({ start: start - (end - start) / 2, end: end + (end - start) / 2 })}
              />
            </section>
          </div>
        </>
      ) : (
        fault === undefined && <div class="night-waiting" />
      )}
    </>
  );
}
