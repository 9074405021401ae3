/** The frame's image with its catalogue's sources, beside their table: a source picked here is picked there. */
import { effect } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Frame } from "../api/frame.ts";
import type { CsvTable } from "../frame/csv.ts";
import { readView } from "./address.ts";
import { toCanvas } from "./camera.ts";
import type { Painter } from "./painter.ts";
import { openingOf, PixelReader } from "./reader.ts";
import { Readout } from "./readout.tsx";
import { sourcesOf } from "./sources.ts";
import { Stage } from "./stage.tsx";
import { ViewerState } from "./state.ts";
import "./viewer.css";

interface SourceImageProps {
  frame: Frame;
  version: number | null;
  table: CsvTable;
  /** Row of the table, from 0. */
  picked: number | null;
  onPick: (row: number | null) => void;
}

interface Ready {
  state: ViewerState | null;
  painter: Painter | null;
}

/** Nothing where the pixels cannot be drawn live, or the table names no positions: the table stands for itself. */
export default function SourceImage({ frame, version, table, picked, onPick }: SourceImageProps) {
  const [{ state, painter }, setReady] = useState<Ready>({ state: null, painter: null });
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    const reader = new PixelReader();
    reader.read(openingOf(frame, version)).then(
      (image) => {
        const made = new ViewerState(frame, image, readView(new URLSearchParams("show=marks,sources")));
        const sources = sourcesOf(table, made.first.wcs);
        if (sources === null) setFailed(true);
        else {
          made.catalogue.value = { table, sources };
          setReady({ state: made, painter: reader.takePainter() });
        }
        // The pixels are here; the reader's own copy of the file need not stay.
        reader.close();
      },
      () => setFailed(true),
    );
    return () => reader.close();
  }, []);

  useEffect(() => {
    if (state === null || state.picked.peek() === picked) return;
    state.picked.value = picked;
    const catalogue = state.catalogue.peek();
    const at = typeof catalogue === "object" ? catalogue?.sources.find(({ row }) => row === picked)?.at : undefined;
    if (at === undefined) return;
    const canvas = state.canvas.peek();
    const [px, py] = toCanvas(state.camera.peek(), canvas, ...at);
    const isInSight = px > 0 && py > 0 && px < canvas.width && py < canvas.height;
    if (!isInSight) state.frameBy((now) => ({ ...now, x: at[0], y: at[1] }));
  }, [state, picked]);
  useEffect(() => (state === null ? undefined : effect(() => onPick(state.picked.value))), [state]);

  if (failed) return null;
  if (state === null) {
    return (
      <div class="source-image">
        <div class="viewer-stage viewer-waiting plate" role="status">
          <span>Reading the pixels …</span>
        </div>
      </div>
    );
  }
  const nothing = () => {};
  return (
    <div class="source-image">
      <Stage
        state={state}
        takePainter={() => painter}
        onPicture={nothing}
        onLost={() => setFailed(true)}
        commands={{ plane: nothing, copy: nothing, fill: nothing }}
      />
      <Readout state={state} />
    </div>
  );
}
