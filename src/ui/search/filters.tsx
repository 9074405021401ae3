/** The filters on the left: what to find, with the number of frames behind each choice. */
import { useEffect, useState } from "preact/hooks";
import type { ApiError } from "../api/error.ts";
import { type Aggregate, objects } from "../api/frame.ts";
import { FacetFilter } from "./facet-filter.tsx";
import { ALIASES, FACETS, type Facet, SWITCHES, TIMES, TYPED, type Typed } from "./field.ts";
import { PositionFilter } from "./position-filter.tsx";
import { SPAN_WORDS, SPANS } from "./preset.ts";
import type { Search } from "./query.ts";
import type { Suggest } from "./suggestions.tsx";
import { TypedFilter } from "./typed-filter.tsx";

interface FiltersProps {
  search: Search;
  choices: Aggregate | undefined;
  fault: ApiError | undefined;
  /** `typing`: the person has not finished; the next change may take this address's place. */
  onChange: (changes: Record<string, string | string[] | null>, typing?: string) => void;
}

export function Filters({ search, choices, fault, onChange }: FiltersProps) {
  const refusedFor = (...names: string[]) =>
    Object.entries(fault?.fields ?? {}).find(([name]) => names.includes(ALIASES[name] ?? name))?.[1];
  const given = (name: string) => search.filters.get(name) ?? "";
  const typed = (field: Typed, suggest?: Suggest) => (
    <TypedFilter
      field={field}
      value={given(field.name)}
      refused={refusedFor(field.name)}
      suggest={suggest}
      onValue={(value, typing) => onChange({ [field.name]: value }, typing ? field.name : undefined)}
    />
  );
  const facet = (one: Facet) => (
    <FacetFilter
      key={one.name}
      facet={one}
      choices={choices?.choices[one.choices] ?? []}
      counts={choices?.counts?.[one.choices]}
      chosen={search.filters.getAll(one.name)}
      onChoose={(values) => onChange({ [one.name]: values })}
    />
  );
  const suggestObjects: Suggest = async (text, signal) =>
    (await objects(text, search.filters, signal)).map(({ name, frames }) => ({ value: name, frames }));
  const any = (...names: string[]) => names.some((name) => search.filters.has(name));

  return (
    <>
      <Times search={search} onChange={onChange} />
      <div class="group pair">
        {typed(TYPED.start)}
        {typed(TYPED.end)}
      </div>
      <div class="group">
        {typed(TYPED.night)}
        {typed(TYPED.OBJECT, suggestObjects)}
        {typed(TYPED.basename)}
      </div>
      {/* How much room the choices need is known when they are: what is below them comes with them, and does not move. */}
      {(choices !== undefined || fault !== undefined) && (
        <>
          <div class="group facets">{FACETS.slice(0, 2).map(facet)}</div>
          <fieldset class="group">
            <legend>Exposure time</legend>
            <div class="pair">
              {typed(TYPED.EXPTIME)}
              {typed(TYPED.EXPTIME_max)}
            </div>
          </fieldset>
          <Section title="Position" open={any("RA", "DEC", "covers", "intersects")}>
            <PositionFilter
              ra={given("RA")}
              dec={given("DEC")}
              radius={given("radius")}
              refused={refusedFor("RA", "DEC", "radius")}
              onPosition={(ra, dec, radius) => onChange({ RA: ra, DEC: dec, radius, at: null })}
            />
            {typed(TYPED.covers)}
            {typed(TYPED.intersects)}
          </Section>
          <div class="group facets">{FACETS.slice(2, -1).map(facet)}</div>
          <Section title="Request and proposal" open={any("PROPID", "REQNUM", "OBSNUM", "basename_exact")}>
            {facet(FACETS.at(-1)!)}
            {typed(TYPED.REQNUM)}
            {typed(TYPED.OBSNUM)}
            {typed(TYPED.basename_exact)}
          </Section>
          <Section title="More" open={any(...Object.keys(SWITCHES))}>
            <label class="check">
              <input
                type="checkbox"
                checked={given("exclude_calibrations") === "true"}
                onChange={(event) => onChange({ exclude_calibrations: event.currentTarget.checked ? "true" : null })}
              />
              Leave out calibrations
            </label>
            <label class="check">
              <input
                type="checkbox"
                checked={given("public") === "false"}
                onChange={(event) => onChange({ public: event.currentTarget.checked ? "false" : null })}
              />
              Leave out what is public to all
            </label>
          </Section>
        </>
      )}
    </>
  );
}

/** Filters that most searches do not need, folded away unless one of them is set. */
function Section({ title, open, children }: { title: string; open: boolean; children: preact.ComponentChildren }) {
  const [unfolded, setUnfolded] = useState(open);
  useEffect(() => {
    if (open) setUnfolded(true);
  }, [open]);
  return (
    <details class="group section" open={unfolded} onToggle={(event) => setUnfolded(event.currentTarget.open)}>
      <summary>{title}</summary>
      <div class="section-body">{children}</div>
    </details>
  );
}

/** Spans of time by name, each as long as its name says on whichever day the address is opened. */
function Times({ search, onChange }: Pick<FiltersProps, "search" | "onChange">) {
  const any = TIMES.some((name) => search.filters.has(name));
  const button = (span: string | null, words: string, on: boolean) => (
    <button type="button" class="button tight" key={span} aria-pressed={on} onClick={() => onChange({ dates: span })}>
      {words}
    </button>
  );
  return (
    <fieldset class="group">
      <legend>When</legend>
      <div class="presets">
        {button(null, "All", !any)}
        {SPANS.map((span) => button(span, SPAN_WORDS[span].short, search.dates === span))}
      </div>
    </fieldset>
  );
}
