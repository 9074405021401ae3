/** The live image: real pixels, read by the FITS core in a Web Worker, drawn by WebGL2, measured by the tools. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../api/error.ts";
import type { Frame } from "../api/frame.ts";
import { announce } from "../design/announce.tsx";
import { Fault, Notice } from "../design/notice.tsx";
import { ImagePanel } from "../frame/image-panel.tsx";
import { go, place } from "../router.ts";
import { readView, withHdu, writeView } from "./address.ts";
import { useAddressBar } from "./address-bar.ts";
import { ComparePanel } from "./compare-panel.tsx";
import { Controls } from "./controls.tsx";
import { CutOut } from "./cut-out.tsx";
import { HistogramPanel } from "./histogram-panel.tsx";
import { goneText } from "./layer.ts";
import { LinePanel } from "./line-panel.tsx";
import type { Point } from "./plane.ts";
import { NoWebGl, openingOf, PixelReader } from "./reader.ts";
import { positionText, Readout, skyAt } from "./readout.tsx";
import { RegionPanel } from "./region-panel.tsx";
import { SourcePanel } from "./source-panel.tsx";
import { Stage } from "./stage.tsx";
import { StarPanel } from "./star-panel.tsx";
import { ViewerState } from "./state.ts";
import { Toolbar } from "./toolbar.tsx";
import { Waiting } from "./waiting.tsx";
import "./viewer.css";
import "./panel.css";

interface ViewerProps {
  frame: Frame;
  version: number | null;
}

type Loading = { state: "loading"; progress: number | null } | { state: "failed"; cause: Error } | { state: "ready" };

function numberFrom(name: "hdu" | "plane"): number | null {
  const text = place.value.query.get(name);
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : null;
}

export default function Viewer({ frame, version }: ViewerProps) {
  return <Opened key={`${frame.id} ${version}`} frame={frame} version={version} />;
}

function Opened({ frame, version }: ViewerProps) {
  const [reader, setReader] = useState<PixelReader | null>(null);
  const [loading, setLoading] = useState<Loading>({ state: "loading", progress: null });
  const [view] = useState(() => readView(place.peek().query));
  const [state, setState] = useState<ViewerState | null>(null);
  const [hdu, plane] = [numberFrom("hdu"), numberFrom("plane") ?? 0];
  const [middle, setMiddle] = useState<{ hdu: number | null; at: Point } | null>(
    "scale" in view.framing ? { hdu, at: [view.framing.x, view.framing.y] } : null,
  );
  const around = middle?.hdu === hdu ? middle.at : null;
  /** From an HDU that cannot be shown: the button that had the focus is gone. */
  const [hasLeft, setLeft] = useState(false);
  const leaveHdu = () => {
    setLeft(true);
    showScience();
  };

  useEffect(() => {
    const made = new PixelReader();
    setReader(made);
    return () => made.close();
  }, []);
  useEffect(() => {
    if (reader === null) return;
    let current = true;
    setLoading({ state: "loading", progress: null });
    reader
      .read(
        openingOf(frame, version, { hdu, plane, around }),
        (progress) => current && setLoading({ state: "loading", progress }),
      )
      .then(
        (image) => {
          if (!current) return;
          if (state === null) setState(new ViewerState(frame, image, view));
          else state.open(image, readView(place.peek().query));
          setLoading({ state: "ready" });
        },
        (cause: Error) => current && setLoading({ state: "failed", cause }),
      );
    return () => {
      current = false;
    };
  }, [reader, hdu, plane, around]);

  if (loading.state === "failed") {
    const { cause } = loading;
    if (cause instanceof ApiError) return <Fault fault={cause} what="The viewer" />;
    const title = cause instanceof NoWebGl ? "The pixels cannot be drawn live" : "The pixels cannot be shown";
    const isOther = hdu !== null && !(cause instanceof NoWebGl);
    return (
      <Instead
        frame={frame}
        version={version}
        title={title}
        act={isOther ? { name: "Show the science image", run: leaveHdu } : undefined}
      >
        {cause.message}
      </Instead>
    );
  }
  if (state === null || reader === null) {
    const progress = loading.state === "loading" ? loading.progress : null;
    return <Waiting frame={frame} version={version} progress={progress} />;
  }
  return (
    <Live
      frame={frame}
      version={version}
      state={state}
      busy={loading.state === "loading"}
      reader={reader}
      focused={hasLeft}
      onPart={(at) => {
        setMiddle({ hdu, at });
        state.frameBy((now) => ({ ...now, x: at[0], y: at[1] }));
      }}
    />
  );
}

/** Out of an HDU that cannot be shown. */
function showScience(): void {
  const { path, query } = place.peek();
  go(`${path}?${withHdu(query, null)}`, { replace: true });
}

interface InsteadProps extends ViewerProps {
  title: string;
  /** A way out, where there is one. */
  act?: { name: string; run: () => void } | undefined;
  children: string;
}

/** The archive's own drawing, where there are no live pixels. */
function Instead({ frame, version, title, act, children }: InsteadProps) {
  return (
    <div class="viewer">
      <Notice mood="warn" title={title} alert>
        <p>{children} The archive's preview is below.</p>
        {act && (
          <button type="button" class="button tight" onClick={act.run}>
            {act.name}
          </button>
        )}
      </Notice>
      <ImagePanel frame={frame} version={version} />
    </div>
  );
}

interface LiveProps extends ViewerProps {
  state: ViewerState;
  /** Another plane or HDU is on its way. */
  busy: boolean;
  reader: PixelReader;
  /** The image takes the focus when it comes. */
  focused: boolean;
  /** Reads another part of an image that is too large. */
  onPart: (around: Point) => void;
}

function Live({ frame, version, state, busy, reader, focused, onPart }: LiveProps) {
  const [lost, setLost] = useState<"never" | "now" | "before">("never");
  const [copied, setCopied] = useState<string | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const picture = useRef<(() => Promise<Blob | null>) | null>(null);

  useAddressBar(state);

  // What was asked for last must be seen, whatever else is open beside the image.
  const panel = useRef<HTMLDivElement>(null);
  const measured = useRef<HTMLDivElement>(null);
  const comparing = state.comparing.value;
  useEffect(() => panel.current?.scrollTo(0, 0), [comparing]);
  const tool = state.tool.value;
  useEffect(() => {
    const top = (part: Element) => part.getBoundingClientRect().top;
    if (panel.current && measured.current) panel.current.scrollBy(0, top(measured.current) - top(panel.current));
  }, [tool, state.stars.all.value]);

  const { image } = state.first;
  const choose = (what: "hdu" | "plane", value: number) => {
    const { path, query } = place.peek();
    const now = writeView(query, state.view);
    const next = what === "hdu" ? withHdu(now, value) : now;
    if (what === "plane") next.set(what, String(Math.min(image.unit.planes - 1, Math.max(0, Math.round(value)))));
    go(`${path}?${next}`, { replace: true });
  };
  const copy = async () => {
    const sky = skyAt(state);
    if (sky === null) {
      announce("There is no cross-hair on the sky to copy the position of.");
      return;
    }
    const text = positionText(sky);
    try {
      await navigator.clipboard.writeText(text);
      announce(`Position ${text} copied.`);
      setCopied(`Copied ${text}`);
    } catch {
      announce("The position could not be copied; the browser does not allow it here.");
      setCopied(text);
    }
  };
  const save = async () => {
    const blob = await picture.current?.();
    if (!blob) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${frame.basename}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };

  const fill = () => {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    else void root.current?.requestFullscreen();
  };

  if (lost === "now") {
    return (
      <Instead
        frame={frame}
        version={version}
        title="The graphics card has dropped the image"
        act={{ name: "Draw it again", run: () => setLost("before") }}
      >
        Other programs needed it, or the computer slept.
      </Instead>
    );
  }
  return (
    <div class="viewer" ref={root}>
      <Toolbar state={state} onCopy={copy} onSave={save} onFill={document.fullscreenEnabled ? fill : null} />
      <Controls state={state} onChoose={choose} />
      <Readout state={state} />
      <div class="viewer-desk" aria-busy={busy}>
        <Stage
          state={state}
          takePainter={() => reader.takePainter()}
          onPicture={(take) => {
            picture.current = take;
          }}
          onLost={() => setLost("now")}
          focused={focused || lost === "before"}
          commands={{ plane: (by) => choose("plane", image.plane + by), copy, fill }}
        />
        <div class="viewer-panel" ref={panel}>
          <CutOut state={state} version={version} onRead={onPart} />
          {state.gone.value > 0 && <p class="small">{goneText(state.gone.value)}</p>}
          {copied !== null && <p class="small muted">{copied}</p>}
          {comparing && <ComparePanel state={state} reader={reader} />}
          <div ref={measured}>
            {tool === "star" && <StarPanel state={state} />}
            {tool === "line" && <LinePanel state={state} />}
            {(tool === "box" || tool === "circle") && <RegionPanel state={state} />}
          </div>
          <HistogramPanel state={state} />
          {state.sources.value && <SourcePanel state={state} version={version} />}
        </div>
      </div>
    </div>
  );
}
