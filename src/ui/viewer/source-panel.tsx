import { useEffect } from "preact/hooks";
import { catalogue as loadCatalogue } from "../api/frame.ts";
import { counted } from "../design/format.ts";
import { readTable } from "../frame/csv.ts";
import { short } from "./number.ts";
import { sourcesOf } from "./sources.ts";
import type { ViewerState } from "./state.ts";

/** The frame's catalogue on the image: loads it, and shows the row of the source that was picked. */
export function SourcePanel({ state, version }: { state: ViewerState; version: number | null }) {
  const { frame, wcs, image } = state.first;
  useEffect(() => {
    if (state.catalogue.peek() !== null && state.catalogue.peek() !== "failed") return;
    const controller = new AbortController();
    state.catalogue.value = "loading";
    loadCatalogue(frame.id, version, controller.signal).then(
      (text) => {
        const table = readTable(text);
        const sources = table && sourcesOf(table, wcs);
        state.catalogue.value = table === null || sources === null ? "none" : { table, sources };
      },
      () => {
        if (!controller.signal.aborted) state.catalogue.value = "failed";
      },
    );
    return () => {
      controller.abort();
      if (state.catalogue.peek() === "loading") state.catalogue.value = null;
    };
  }, [state, image.unit.index]);

  const catalogue = state.catalogue.value;
  const picked = state.picked.value;
  const row =
    catalogue !== null && typeof catalogue === "object" && picked !== null ? catalogue.table.rows[picked] : undefined;
  return (
    <section class="viewer-part" aria-labelledby="sources-title">
      <h2 id="sources-title">Catalogue</h2>
      <p class="muted">
        {catalogue === "none"
          ? "This frame's file holds no catalogue with positions (a table named CAT)."
          : catalogue === "failed"
            ? "The catalogue could not be read."
            : catalogue === null || catalogue === "loading"
              ? "Reading the catalogue …"
              : `${counted(catalogue.sources.length, "source")}${row === undefined ? "; click one on the image" : ""}`}
      </p>
      {row !== undefined && typeof catalogue === "object" && catalogue !== null && (
        <>
          <dl class="quantities" data-part="source">
            {catalogue.table.columns.map((name, column) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  {cellText(row[column] ?? "")}
                  {catalogue.table.units[column] && <span class="muted"> {catalogue.table.units[column]}</span>}
                </dd>
              </div>
            ))}
          </dl>
          <a href={`frame/${frame.id}?tab=catalogue&source=${picked}`}>Show in the table</a>
        </>
      )}
    </section>
  );
}

function cellText(text: string): string {
  return text.length <= 12 || Number.isNaN(Number(text)) ? text : short(Number(text), 9);
}
