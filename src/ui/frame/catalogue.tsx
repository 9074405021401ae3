import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { catalogue, type Frame } from "../api/frame.ts";
import { usePiece } from "../api/piece.ts";
import { useResource } from "../api/resource.ts";
import { count, counted } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { useKeptFocus } from "../design/kept-focus.ts";
import { Loading } from "../design/loading.tsx";
import { Fault } from "../design/notice.tsx";
import { note, place } from "../router.ts";
import { ToolIcon } from "../viewer/tool-icon.tsx";
import { type CsvTable, readTable } from "./csv.ts";
import { numericColumns, orderAsked, ordered } from "./source-order.ts";

/** Rows of the table on show: catalogues have had tens of thousands. */
const PAGE = 200;

/** The frame's catalogue of sources as a table that sorts by any column. */
export function Catalogue({ frame, version }: { frame: Frame; version: number | null }) {
  const text = useResource(`catalogue ${frame.id} ${version}`, (signal) => catalogue(frame.id, version, signal));
  const table = useMemo(() => (text.data === undefined ? null : readTable(text.data)), [text.data]);
  const image = usePiece(loadSourceImage);
  if (text.fault) return <Fault fault={text.fault} again={text.reload} what="The catalogue" />;
  // Beside the image the table has another place: it waits, so that it does not move.
  if (text.data === undefined || (image.part === undefined && image.fault === null))
    return <Loading what="the catalogue" />;
  if (table === null) return <p class="muted">This frame's file holds no catalogue (no table named CAT).</p>;
  return (
    <div class="catalogue-desk">
      <Sources key={`${frame.id} ${version}`} frame={frame} version={version} table={table} image={image} />
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

interface SourcesProps {
  frame: Frame;
  version: number | null;
  table: CsvTable;
  image: ReturnType<typeof usePiece<Awaited<ReturnType<typeof loadSourceImage>>>>;
}

function Sources({ frame, version, table, image }: SourcesProps) {
  const SourceImage = image.part?.default;
  const [picked, setPicked] = useState(rowAsked);
  useEffect(() => note({ source: picked === null ? null : String(picked) }), [picked]);
  const body = useRef<HTMLTableSectionElement>(null);
  const asked = place.value.query;
  const sort = orderAsked(asked.get("sort"), table);
  const numeric = useMemo(() => numericColumns(table), [table]);
  const rows = useMemo(() => ordered(table, sort, numeric), [table, sort?.column, sort?.down, numeric]);
  const at = picked === null ? -1 : rows.findIndex(({ number }) => number === picked);
  const pages = Math.max(1, Math.ceil(rows.length / PAGE));
  const page = Math.min(pages, Math.max(1, Math.floor(Number(asked.get("page"))) || 1));
  const turn = (to: number) => note({ page: to === 1 ? null : String(to) });
  // The source that is picked is on show: picked on the image, by an address, or put elsewhere by another order.
  useEffect(() => {
    if (at >= 0) turn(Math.floor(at / PAGE) + 1);
  }, [at]);
  const first = (page - 1) * PAGE;
  useEffect(() => {
    const row = body.current!.querySelector("tr[data-picked]");
    if (row !== null) row.scrollIntoView({ block: "nearest" });
    else body.current!.closest(".table-scroll")!.scrollTop = 0;
  }, [picked, page]);

  const part = useKeptFocus<HTMLDivElement>();
  return (
    <>
      {image.fault && <Fault fault={image.fault} what="The image" />}
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
                      onClick={() =>
                        note({ sort: `${sort?.column === column && !sort.down ? "-" : ""}${name}`, page: null })
                      }
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
              {rows.slice(first, first + PAGE).map(({ cells, number }) => (
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
        {pages > 1 && (
          <nav class="buttons" aria-label="Pages of sources">
            <button
              type="button"
              class="button tight"
              aria-disabled={page === 1}
              onClick={() => page > 1 && turn(page - 1)}
            >
              <Icon name="left" size={14} /> Previous
            </button>
            <span role="status">{`${count(first + 1)}–${count(Math.min(rows.length, first + PAGE))} of ${count(rows.length)}`}</span>
            <button
              type="button"
              class="button tight"
              aria-disabled={page === pages}
              onClick={() => page < pages && turn(page + 1)}
            >
              Next <Icon name="right" size={14} />
            </button>
          </nav>
        )}
      </div>
    </>
  );
}

/** Nine digits: a milliarcsecond in a right ascension. The whole number is the cell's title. */
function brief(text: string): string {
  return text.length <= 11 ? text : String(Number(Number(text).toPrecision(9)));
}
