/** The search's result on the sky: footprints and pointings, to be looked through, picked from, and searched in. */
import { useEffect, useId, useMemo, useState } from "preact/hooks";
import { formatDec, formatRa } from "../../sky/angle.ts";
import { useFrameWalk } from "../api/frame-walk.ts";
import { announce } from "../design/announce.tsx";
import { categoriesOf, GROUPINGS, type Grouping } from "../design/category.ts";
import { count, counted } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { Legend } from "../design/legend.tsx";
import { recall, remember } from "../design/memory.ts";
import { Menu } from "../design/menu.tsx";
import { WalkProgress } from "../design/walk-progress.tsx";
import { go } from "../router.ts";
import type { Search } from "../search/query.ts";
import { pick, selected } from "../search/selection.ts";
import {
  circleFilter,
  type Drawing,
  type FilterChange,
  filterOf,
  type Position,
  radiusOf,
  regionsOf,
} from "./drawing.ts";
import { directionsOf, MapCanvas, type Tool } from "./map-canvas.tsx";
import { inView, type Mark, markOf, spread } from "./marks.ts";
import type { Lines } from "./painter.ts";
import { fieldOfView, Projection, type View } from "./projection.ts";
import { ViewList } from "./view-list.tsx";
import "./sky.css";

/** Frames read at first, and more at a time when asked. */
const MOST = 2000;
/** Rows of the list below the map. */
const LISTED = 100;

const TOOLS: readonly { tool: Tool; label: string; hint: string }[] = [
  { tool: "move", label: "Move", hint: "" },
  {
    tool: "circle",
    label: "Circle",
    hint: "Drag from the centre outwards. By keys: Space sets the centre at the cross, arrows widen, Enter searches.",
  },
  {
    tool: "polygon",
    label: "Polygon",
    hint: "Click or tap the corners; a double click or Enter searches. By keys: arrows move the sky, Space sets a corner.",
  },
];

interface SkyMapProps {
  search: Search;
  onChange: (changes: FilterChange) => void;
  /** Somebody has moved the map; the text is for the address. */
  onLook: (at: string) => void;
}

export default function SkyMap({ search, onChange, onLook }: SkyMapProps) {
  const id = useId();
  const filters = search.filters.toString();
  const [most, setMost] = useState(MOST);
  const walk = useFrameWalk(filters, "desc", most);
  const [grouping, setGrouping] = useState<Grouping>(() => (recall("map-colours") as Grouping | null) ?? "filter");
  const [lines, setLines] = useState<Lines>(linesOf(recall("map-lines")));
  const [tool, setTool] = useState<Tool>("move");
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const [hovered, setHovered] = useState<readonly Mark[]>([]);
  const [view, setView] = useState<View | null>(null);
  const [spot, setSpot] = useState<{ marks: readonly Mark[]; at: Position } | null>(null);
  const [point, setPoint] = useState<Position | null>(null);

  const marks = useMemo(() => walk.frames.map(markOf).filter((mark) => mark !== null), [walk.frames]);
  const categories = useMemo(
    () =>
      categoriesOf(
        marks.map(({ frame }) => frame),
        grouping,
      ),
    [marks, grouping],
  );
  const regions = useMemo(() => regionsOf(search.filters), [filters]);
  const seen = useMemo(() => (view === null ? [] : inView(new Projection(view), marks)), [view, marks]);
  const lit = useMemo(() => new Set(hovered.map(({ frame }) => frame.id)), [hovered]);
  const listed = spot?.marks ?? seen;
  useEffect(() => setSpot(null), [filters]);

  const take = (next: Tool) => {
    setTool(next);
    setDrawing(null);
    announce(TOOLS.find((one) => one.tool === next)!.hint);
  };
  const searchIn = (changes: FilterChange | null) => {
    setDrawing(null);
    if (changes === null) {
      announce("A polygon needs three corners, within half of the sky; a circle needs a radius.");
      return;
    }
    setTool("move");
    setSpot(null);
    // By keys the sky has moved below the cross: where some of the region is out of sight, the map shows all of it.
    onChange(view === null || holds(view, changes) ? changes : { ...changes, at: null });
  };
  const pickAll = (found: readonly Mark[], at: Position) => {
    const all = found.every(({ frame }) => selected.value.has(frame.id));
    pick(
      found.map(({ frame }) => frame),
      !all,
    );
    setSpot(found.length > 1 ? { marks: found, at } : null);
  };
  const hover = (found: readonly Mark[]) => {
    // The map is drawn again only when something else is pointed at.
    if (found.length !== hovered.length || found.some((mark, i) => mark !== hovered[i])) setHovered(found);
  };
  const rest = (next: View, look: string | null, byKeyboard: boolean) => {
    setView(next);
    if (look !== null) {
      setSpot(null);
      onLook(look);
    }
    if (byKeyboard)
      announce(`${whereOf(next)}. ${counted(inView(new Projection(next), marks).length, "frame")} in view.`);
  };
  const here = view && circleFilter([view.ra, view.dec], Math.min(90, radiusInView(view)));

  return (
    <section class="sky-map" aria-label="Map of the frames found">
      <div class="map-bar">
        {/* biome-ignore lint/a11y/useSemanticElements: a toolbar's group is no fieldset of a form */}
        <div class="choice" role="group" aria-label="What the pointer does">
          {TOOLS.map((one) => (
            <button
              type="button"
              class="button tight"
              key={one.tool}
              aria-pressed={tool === one.tool}
              title={one.tool === "move" ? "Drag moves the sky; two clicks come closer" : undefined}
              onClick={() => take(one.tool)}
            >
              {one.tool === "move" ? "Move" : `Draw a ${one.label.toLowerCase()}`}
            </button>
          ))}
        </div>
        <button
          type="button"
          class="button tight"
          disabled={here === null || view === null || fieldOfView(view) >= 180}
          onClick={() => searchIn(here)}
        >
          Search in this view
        </button>
        <div class="grow" />
        <label class="sort-by">
          <span class="muted">Colour by</span>
          <select
            class="select"
            value={grouping}
            onChange={(event) => {
              setGrouping(event.currentTarget.value as Grouping);
              remember("map-colours", event.currentTarget.value);
            }}
          >
            {Object.entries(GROUPINGS).map(([name, { label }]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <Menu label="Lines">
          {() => (
            <fieldset>
              <legend class="unseen">Lines</legend>
              {(
                [
                  ["grid", "Grid of RA and Dec"],
                  ["galactic", "Galactic plane"],
                  ["ecliptic", "Ecliptic"],
                ] as const
              ).map(([name, label]) => (
                <label class="check item" key={name}>
                  <input
                    type="checkbox"
                    checked={lines[name]}
                    onChange={(event) => {
                      const next = { ...lines, [name]: event.currentTarget.checked };
                      setLines(next);
                      remember("map-lines", textOfLines(next));
                    }}
                  />
                  {label}
                </label>
              ))}
            </fieldset>
          )}
        </Menu>
      </div>
      {tool !== "move" && <Hint tool={tool} drawing={drawing} onDone={searchIn} onStop={() => take("move")} />}
      <div class="map-body">
        <div class="map-main">
          <MapCanvas
            marks={marks}
            slotOf={({ frame }) => categories.get(GROUPINGS[grouping].of(frame))!.slot}
            picked={selected.value}
            lit={lit}
            regions={regions}
            lines={lines}
            look={search.at}
            tool={tool}
            drawing={drawing}
            describedBy={`${id}-summary`}
            onHover={hover}
            onPick={pickAll}
            onOpen={({ frame }) => go(`frame/${frame.id}`)}
            onDrawing={setDrawing}
            onDrawn={(whole) => searchIn(filterOf(whole))}
            onStop={() => take("move")}
            onPoint={setPoint}
            onRest={rest}
          />
          <p class="map-readout mono small">
            {point === null ? (view === null ? "\u00a0" : whereOf(view)) : positionText(point)}
          </p>
          <Legend categories={categories.values()} label={`Colours by ${GROUPINGS[grouping].label.toLowerCase()}`} />
        </div>
        <div class="map-side">
          <Progress walk={walk} marks={marks} onMore={() => setMost(most + MOST)} id={`${id}-summary`} />
          <div class="map-side-head">
            <h2 id={`${id}-list`}>
              {spot === null
                ? `${counted(seen.length, "frame")} in view`
                : `${counted(spot.marks.length, "frame")} there`}
            </h2>
            {spot !== null && (
              <button type="button" class="link small" onClick={() => setSpot(null)}>
                All in view
              </button>
            )}
          </div>
          {spot !== null && <p class="muted small mono">{positionText(spot.at)}</p>}
          {spot === null && seen.length > LISTED && (
            <p class="muted small">The newest {LISTED} of them are listed. Zoom in to have fewer.</p>
          )}
          {listed.length > 0 && (
            <ViewList
              marks={listed.slice(0, LISTED)}
              labelledBy={`${id}-list`}
              lit={lit}
              onLight={(mark) => setHovered(mark === null ? [] : [mark])}
            />
          )}
        </div>
      </div>
    </section>
  );
}

interface HintProps {
  tool: Tool;
  drawing: Drawing | null;
  onDone: (changes: FilterChange | null) => void;
  onStop: () => void;
}

/** How to draw, what is there so far, and the ways out. */
function Hint({ tool, drawing, onDone, onStop }: HintProps) {
  const corners = drawing?.shape === "polygon" ? drawing.corners.length : 0;
  const size = drawing?.shape === "circle" ? radiusOf(drawing) : 0;
  return (
    <div class="map-hint small">
      <span class="grow">
        {TOOLS.find((one) => one.tool === tool)!.hint}
        {size > 0 && <b> Radius {angleText(size)}.</b>}
        {corners > 0 && <b> {counted(corners, "corner")}.</b>}
      </span>
      {corners > 2 && drawing !== null && (
        <button type="button" class="button tight primary" onClick={() => onDone(filterOf(drawing))}>
          Search in it
        </button>
      )}
      <button type="button" class="button tight" onClick={onStop}>
        <Icon name="close" size={14} /> Stop drawing
      </button>
    </div>
  );
}

interface ProgressProps {
  id: string;
  walk: ReturnType<typeof useFrameWalk>;
  marks: readonly Mark[];
  onMore: () => void;
}

/** What of the result is on the map: how much is read, what is left out, what has no place on the sky. */
function Progress({ id, walk, marks, onMore }: ProgressProps) {
  const { frames, total } = walk;
  const { fields, north, south } = useMemo(() => spread(marks), [marks]);
  const without = frames.length - marks.length;
  return (
    <div class="map-progress">
      <p id={id}>
        {total === undefined
          ? "Reading the frames …"
          : frames.length < total
            ? `The newest ${count(frames.length)} of ${counted(total, "frame")}`
            : total === 0
              ? "No frame to show: a circle or a polygon drawn here searches all the same"
              : `All ${counted(total, "frame")}`}
        {marks.length > 0 &&
          `, in ${counted(fields, "field")}: ${count(north)} north of the equator, ${count(south)} south`}
        {total !== undefined && "."}
        {without > 0 &&
          ` ${counted(without, "frame")} without a position ${without === 1 ? "is" : "are"} not on the map.`}
      </p>
      <WalkProgress walk={walk} more={{ frames: MOST, onMore }} />
    </div>
  );
}

/** Whether all of the region that is searched in is on the map. */
function holds(view: View, { RA, DEC, radius, intersects }: FilterChange): boolean {
  const given = Object.entries({ RA, DEC, radius, intersects }).filter(
    (one): one is [string, string] => one[1] != null,
  );
  const projection = new Projection(view);
  return directionsOf(regionsOf(new URLSearchParams(given))).every((direction) => {
    projection.place(direction);
    return projection.onMap(projection.x, projection.y);
  });
}

function positionText([ra, dec]: Position): string {
  return `${formatRa(ra, 1)} ${formatDec(dec, 0)}`;
}

const LINES = ["grid", "galactic", "ecliptic"] as const;

/** Which lines are drawn, as it is remembered: their names. */
function textOfLines(lines: Lines): string {
  return LINES.filter((name) => lines[name]).join(",");
}

function linesOf(text: string | null): Lines {
  const names = (text ?? "grid,galactic").split(",");
  return { grid: names.includes("grid"), galactic: names.includes("galactic"), ecliptic: names.includes("ecliptic") };
}

/** An angle in the unit that suits it. */
function angleText(degrees: number): string {
  if (degrees >= 1) return `${Number(degrees.toPrecision(3))}°`;
  if (degrees * 60 >= 1) return `${Number((degrees * 60).toPrecision(3))}′`;
  return `${Number((degrees * 3600).toPrecision(3))}″`;
}

function whereOf(view: View): string {
  const field = fieldOfView(view);
  if (field >= 360) return "All of the sky";
  return `Centre ${positionText([view.ra, view.dec])}, ${angleText(field)} wide`;
}

/** The largest circle about the centre that the map holds, degrees. */
function radiusInView(view: View): number {
  return (Math.min(view.width, view.height) / 2 / view.scale) * (180 / Math.PI);
}
