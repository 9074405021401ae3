/** The filters in force, each as a chip that takes it away. */
import { formatDec, formatRa, parseDec, parseRa } from "../../sky/angle.ts";
import { parseRegion } from "../../sky/region.ts";
import { Icon } from "../design/icon.tsx";
import { choiceWords, DEFAULT_RADIUS, FACETS, SWITCHES, TIMES, TYPED } from "./field.ts";
import { SPAN_WORDS } from "./preset.ts";
import type { Search } from "./query.ts";

interface Chip {
  label: string;
  value: string;
  /** What `onChange` needs to take it away. */
  without: Record<string, string | string[] | null>;
}

const SHORT: Record<string, string> = {
  OBJECT: "Object",
  basename: "Name",
  basename_exact: "Name",
  night: "Night",
  start: "From",
  end: "Until",
  EXPTIME: "Exposure ≥",
  EXPTIME_max: "Exposure ≤",
  covers: "Covers",
  intersects: "Meets",
  exclude_configuration_type: "Not of type",
};

function positionChip(filters: URLSearchParams): Chip {
  const radius = filters.has("radius") ? Number(filters.get("radius")) : DEFAULT_RADIUS;
  let at = `${filters.get("RA") ?? "?"} ${filters.get("DEC") ?? "?"}`;
  try {
    at = `${formatRa(parseRa(filters.get("RA") ?? ""), 1)} ${formatDec(parseDec(filters.get("DEC") ?? ""), 0)}`;
  } catch {
    // Not a position: shown as it was given; the archive's answer says what is wrong with it.
  }
  const minutes = Number((radius * 60).toPrecision(4));
  return { label: `Within ${minutes}′ of`, value: at, without: { RA: null, DEC: null, radius: null } };
}

/** A region as a chip has room for it: `a polygon of 5 corners at 13:29:53 +47:11:43`. */
function regionWords(text: string): string {
  try {
    const region = parseRegion(text);
    const [ra, dec] = region.shape === "polygon" ? region.vertices[0]! : [region.ra, region.dec];
    const at = `${formatRa(ra, 0)} ${formatDec(dec, 0)}`;
    if (region.shape === "polygon") return `a polygon of ${region.vertices.length} corners at ${at}`;
    return region.shape === "circle" ? `${Number((region.radius * 60).toPrecision(4))}′ around ${at}` : at;
  } catch {
    return text; // no region: the archive's answer says what is wrong with it
  }
}

export function chipsOf(search: Search): Chip[] {
  const chips: Chip[] = [];
  if (search.dates !== null) {
    const { filters, dates } = search;
    const since = filters.get("night") ?? `since ${filters.get("start")}`;
    chips.push({ label: "When", value: `${SPAN_WORDS[dates].long} (${since})`, without: { dates: null } });
  }
  for (const name of new Set(search.filters.keys())) {
    if (search.dates !== null && TIMES.includes(name)) continue;
    const values = search.filters.getAll(name);
    const facet = FACETS.find((one) => one.name === name);
    if (name === "RA" || name === "DEC" || name === "radius") {
      if (!chips.some((chip) => "RA" in chip.without)) chips.push(positionChip(search.filters));
      continue;
    }
    for (const value of values) {
      const without = { [name]: values.filter((other) => other !== value) };
      if (facet) chips.push({ label: facet.label, value: choiceWords(facet, value), without });
      else if (name in SWITCHES) {
        const { label, values: words } = SWITCHES[name as keyof typeof SWITCHES];
        chips.push({ label, value: (words as Record<string, string>)[value] ?? value, without });
      } else {
        const unit = name.startsWith("EXPTIME") ? " s" : "";
        const label = SHORT[name] ?? TYPED[name as keyof typeof TYPED]?.label ?? name;
        const words = name === "covers" || name === "intersects" ? regionWords(value) : value + unit;
        chips.push({ label, value: words, without });
      }
    }
  }
  return chips;
}

interface ChipsProps {
  search: Search;
  onChange: (changes: Record<string, string | string[] | null>) => void;
  onClear: () => void;
}

export function Chips({ search, onChange, onClear }: ChipsProps) {
  const chips = chipsOf(search);
  if (chips.length === 0) return null;
  return (
    <ul class="chips" aria-label="Filters in force">
      {chips.map((chip) => (
        <li key={chip.label + chip.value}>
          <button
            type="button"
            class="chip"
            aria-label={`Remove filter ${chip.label} ${chip.value}`}
            onClick={() => onChange(chip.without)}
          >
            <span class="muted">{chip.label}</span> <b>{chip.value}</b>
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
      {chips.length > 1 && (
        <li>
          <button type="button" class="link small clear" onClick={onClear}>
            Clear all
          </button>
        </li>
      )}
    </ul>
  );
}

/** How many filters are in force, as the chips count them. */
export function chipCount(search: Search): number {
  return chipsOf(search).length;
}
