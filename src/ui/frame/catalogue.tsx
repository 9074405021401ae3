import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { catalogue, type Frame } from "../api/frame.ts";
import { usePiece } from "../api/piece.ts";
import { useResource } from "../api/resource.ts";
import { counted } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { useKeptFocus } from "../design/kept-focus.ts";
import { Loading } from "../design/loading.tsx";
import { Fault } from "../design/notice.tsx";
import { note, place } from "../router.ts";
import { ToolIcon } from "../viewer/tool-icon.tsx";
import { type CsvTable, readTable } from "./csv.ts";

const SHOWN_AT_ONCE = 100;

/** The frame's catalogue of sources as a table that sorts by any column. */
export function Catalogue({ frame, version }: { frame: Frame; version: number | null }) {
  const text = useResource(`catalogue ${frame.id} ${version}`, (signal) => catalogue(frame.id, version, signal));
  const table = useMemo(() => (text.data === undefined ? null : readTable(text.data)), [text.data]);
  if (text.fault) return <Fault fault={text.fault} again={text.reload} what="The catalogue" />;
  if (text.data === undefined) return <Loading what="the catalogue" />;
  if (table === null) return <p class="muted">This frame's file holds no catalogue (no table named CAT).</p>;
  return (
    <div class="catalogue-desk">
      <Sources frame={frame} version={version} table={table} />
    </div>
  );
}

/** The image with the sources on it; its code comes with the first catalogue. */
const loadSourceImage = () => import("../viewer/source-image.tsx");

/** The row that the address picks, from 0; null: none. */
function rowAsked(): number | null {
  const text = place.peek().query.get("source");
  return text !== null && /^\d{1,7}$/.test(text) ? Number(text) : null;
}

/** The order that the address asks for: a column's name, after a minus from its largest value down. */
function orderAsked(text: string | null, table: CsvTable): { column: number; down: boolean } | null {
  const down = text?.startsWith("-") ?? false;
  const column = table.columns.indexOf(text?.slice(Number(down)) ?? "");
  return column < 0 ? null : { column, down };
}

function Sources({ frame, version, table }: { frame: Frame; version: number | null; table: CsvTable }) {
  const { part: image, fault } = usePiece(loadSourceImage);
  const SourceImage = image?.default;
  const [picked, setPicked] = useState(rowAsked);
  useEffect(() => note({ source: picked === null ? null : String(picked) }), [picked]);
  const body = useRef<HTMLTableSectionElement>(null);
  const sort = orderAsked(place.value.query.get("sort"), table);
  const [shown, setShown] = useState(SHOWN_AT_ONCE);
  const numeric = useMemo(() => table.columns.map((_, i) => table.rows.every((row) => isNumber(row[i]))), [table]);
  const rows = useMemo(() => {
    const numbered = table.rows.map((cells, number) => ({ cells, number }));
    if (sort === null) return numbered;
    const { column, down } = sort;
    numbered.sort((a, b) => compare(a.cells[column] ?? "", b.cells[column] ?? "", numeric[column]!));
    return down ? numbered.reverse() : numbered;
  }, [table, sort?.column, sort?.down, numeric]);
  const at = picked === null ? -1 : rows.findIndex(({ number }) => number === picked);
  if (at >= shown) setShown(rows.length);
  useEffect(() => {
    body.current?.querySelector("tr[data-picked]")?.scrollIntoView({ block: "nearest" });
  }, [picked, shown]);

  const part = useKeptFocus<HTMLDivElement>();
  return (
    <>
      {fault && <Fault fault={fault} what="The image" />}
      {SourceImage && <SourceImage frame={frame} version={version} table={table} picked={picked} onPick={setPicked} />}
      <div class="catalogue" ref={part}>
        <p class="muted">{counted(table.rows.length, "source")}</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable to be scrolled */}
        <section class="table-scroll tall" tabIndex={0} data-home aria-label="Table of sources">
          <table class="frames dense">
            <thead>
              <tr>
                {SourceImage && (
                  <th scope="col">
                    <span class="unseen">On the image</span>
                  </th>
                )}
                {table.columns.map((name, column) => (
                  <th
                    scope="col"
                    key={name}
                    class={numeric[column] ? "number" : undefined}
                    aria-sort={sort?.column === column ? (sort.down ? "descending" : "ascending") : undefined}
                  >
                    <button
                      type="button"
                      class="sort"
                      onClick={() => note({ sort: `${sort?.column === column && !sort.down ? "-" : ""}${name}` })}
                    >
                      {name}
                      {table.units[column] && <span class="unit">{table.units[column]}</span>}
                      <span class={sort?.column === column ? "arrow on" : "arrow"}>
                        <Icon name={sort?.column === column && sort.down ? "down" : "up"} size={12} />
                      </span>
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody ref={body}>
              {rows.slice(0, shown).map(({ cells, number }) => (
                <tr key={number} data-picked={number === picked ? "" : undefined}>
                  {SourceImage && (
                    <td class="pick">
                      <button
                        type="button"
                        class="button plain square tight"
                        aria-label={`Source ${number + 1} on the image`}
                        aria-pressed={number === picked}
                        onClick={() => setPicked(number === picked ? null : number)}
                      >
                        <ToolIcon name="star" />
                      </button>
                    </td>
                  )}
                  {table.columns.map((name, column) => (
                    <td key={name} class={numeric[column] ? "number" : undefined} title={cells[column]}>
                      {numeric[column] ? brief(cells[column] ?? "") : cells[column]}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        {shown < rows.length && (
          <button type="button" class="button" onClick={() => setShown(rows.length)}>
            Show all {rows.length}
          </button>
        )}
      </div>
    </>
  );
}

/** Nine digits: a milliarcsecond in a right ascension. The whole number is the cell's title. */
function brief(text: string): string {
  return text.length <= 11 ? text : String(Number(Number(text).toPrecision(9)));
}

function isNumber(text: string | undefined): boolean {
  return text === undefined || text === "" || !Number.isNaN(Number(text)) || /^nan$/i.test(text);
}

/** Numbers by value with the unknown ones last, words by the alphabet. */
function compare(a: string, b: string, numeric: boolean): number {
  if (!numeric) return a.localeCompare(b);
  const [x, y] = [a, b].map((text) => (text === "" ? Number.NaN : Number(text))) as [number, number];
  if (Number.isNaN(x)) return Number.isNaN(y) ? 0 : 1;
  return Number.isNaN(y) ? -1 : x - y;
}
