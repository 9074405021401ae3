/** The live image: real pixels, read by the FITS core in a Web Worker, drawn by WebGL2. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Frame } from "../api/frame.ts";
import { Notice } from "../design/notice.tsx";
import { ImagePanel } from "../frame/image-panel.tsx";
import { place } from "../router.ts";
import { type Camera, northUp, pan, type Size, toImage, wholeImage, zoom } from "./camera.ts";
import { Controls, type LookChoice, lookOf } from "./controls.tsx";
import { useImage } from "./load.ts";
import type { LoadedImage } from "./message.ts";
import { Overlay } from "./overlay.tsx";
import { Painter } from "./painter.ts";
import { Readout } from "./readout.tsx";
import { directions, wcsOf } from "./sky.ts";
import "./viewer.css";

/** As the file has it: the first row at the bottom. */
const UPRIGHT = { angle: 0, mirrored: false };

interface ViewerProps {
  frame: Frame;
  version: number | null;
}

export default function Viewer({ frame, version }: ViewerProps) {
  const hdu = place.value.query.get("hdu");
  const plane = Number(place.value.query.get("plane") ?? 0);
  const loading = useImage({
    url: `/frames/${frame.id}/download/${version === null ? "" : `?version=${version}`}`,
    size: frame.size,
    gzip: frame.filename.endsWith(".gz"),
    hdu: hdu !== null && /^\d+$/.test(hdu) ? Number(hdu) : null,
    plane: Number.isInteger(plane) && plane >= 0 ? plane : 0,
  });
  if (loading.state === "failed") {
    return (
      <Instead frame={frame} version={version} title="The pixels cannot be shown">
        {loading.message}
      </Instead>
    );
  }
  if (loading.state === "loading") {
    return (
      <div class="viewer-waiting plate" role="status">
        <span>Reading the pixels …</span>
      </div>
    );
  }
  return <Live key={`${loading.image.unit.index} ${plane}`} frame={frame} version={version} image={loading.image} />;
}

/** The archive's own drawing, where there are no live pixels. */
function Instead({ frame, version, title, children }: ViewerProps & { title: string; children: string }) {
  return (
    <div class="viewer">
      <Notice mood="warn" title={title} alert>
        <p>{children} The archive's preview is below.</p>
      </Notice>
      <ImagePanel frame={frame} version={version} />
    </div>
  );
}

function Live({ frame, version, image }: ViewerProps & { image: LoadedImage }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<Painter | null>(null);
  const [size, setSize] = useState<Size>({ width: 1, height: 1 });
  const [camera, setCamera] = useState<Camera | null>(null);
  const [choice, setChoice] = useState<LookChoice>({ cuts: "zscale", stretch: "linear", colormap: "grey" });
  const [cursor, setCursor] = useState<[number, number] | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const drag = useRef<{ button: number; x: number; y: number } | null>(null);
  const wcs = useMemo(() => wcsOf(image.keywords), [image]);
  const look = lookOf(choice, image);

  useEffect(() => {
    const made = Painter.on(canvas.current!);
    painter.current = made;
    if (made === null) {
      setTrouble("This browser has no WebGL2.");
    } else if (Math.max(image.unit.width, image.unit.height) > made.mostPixels) {
      setTrouble(`The image is larger than this graphics card can hold (${made.mostPixels} pixels a side).`);
    } else {
      made.take(image.unit, image.floats);
    }
    const watch = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      setSize({ width, height });
      setCamera((before) => before ?? wholeImage(image.unit, { width, height }, UPRIGHT));
    });
    watch.observe(canvas.current!);
    return () => {
      watch.disconnect();
      made?.close();
    };
  }, [image]);

  useEffect(() => {
    if (camera === null || painter.current === null || trouble !== null) return;
    const request = requestAnimationFrame(() => {
      const target = canvas.current!;
      const ratio = window.devicePixelRatio;
      const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
      if (target.width !== width || target.height !== height) {
        target.width = width;
        target.height = height;
      }
      painter.current!.draw(camera, look, ratio);
      target.dataset.drawn = String(Number(target.dataset.drawn ?? 0) + 1);
    });
    return () => cancelAnimationFrame(request);
  }, [camera, size, look.cuts[0], look.cuts[1], look.stretch, look.colormap, trouble]);

  // Preact's own handler for the wheel is passive and could not keep the page from scrolling.
  useEffect(() => {
    const target = canvas.current!;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const [px, py] = [event.offsetX, event.offsetY];
      setCamera((now) => now && zoom(now, size, px, py, Math.exp(-event.deltaY / 400)));
    };
    target.addEventListener("wheel", wheel, { passive: false });
    return () => target.removeEventListener("wheel", wheel);
  }, [size]);

  if (trouble !== null) {
    return (
      <Instead frame={frame} version={version} title="The pixels cannot be drawn live">
        {trouble}
      </Instead>
    );
  }

  const centred = (change: (now: Camera) => Camera) => setCamera((now) => now && change(now));
  const about = wcs === null || camera === null ? null : directions(wcs, camera.x, camera.y);
  const zoomBy = (factor: number) => centred((now) => zoom(now, size, size.width / 2, size.height / 2, factor));
  const turnNorth = () => {
    const at = wcs && directions(wcs, (image.unit.width + 1) / 2, (image.unit.height + 1) / 2);
    if (at) centred(() => wholeImage(image.unit, size, northUp(at.north, at.east)));
  };
  const actions = {
    fit: () => centred((now) => wholeImage(image.unit, size, now)),
    whole: () => centred((now) => ({ ...now, scale: 1 / window.devicePixelRatio })),
    closer: () => zoomBy(1.5),
    further: () => zoomBy(1 / 1.5),
    turnNorth: wcs === null ? null : turnNorth,
    turnBack: () => centred(() => wholeImage(image.unit, size, UPRIGHT)),
    save: () =>
      canvas.current!.toBlob((blob) => {
        if (blob === null) return;
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = `${frame.basename}.png`;
        link.click();
        URL.revokeObjectURL(link.href);
      }, "image/png"),
  };

  const keys = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 10 : 1;
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, step],
      ArrowDown: [0, -step],
    };
    const others: Record<string, (() => void) | null> = {
      "+": actions.closer,
      "=": actions.closer,
      "-": actions.further,
      f: actions.fit,
      "1": actions.whole,
      n: actions.turnNorth,
      u: actions.turnBack,
    };
    const move = moves[event.key];
    if (move && camera) {
      event.preventDefault();
      const [x, y] = cursor ?? [Math.round(camera.x), Math.round(camera.y)];
      const next: [number, number] = [
        Math.min(image.unit.width, Math.max(1, Math.round(x) + move[0])),
        Math.min(image.unit.height, Math.max(1, Math.round(y) + move[1])),
      ];
      setCursor(next);
      const [cx, cy] = toImage(camera, size, 0, 0);
      const reach = Math.hypot(cx - camera.x, cy - camera.y) * 0.6;
      if (Math.hypot(next[0] - camera.x, next[1] - camera.y) > reach) {
        centred((now) => ({ ...now, x: next[0], y: next[1] }));
      }
    } else if (others[event.key] && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      others[event.key]!();
    }
  };

  return (
    <div class="viewer">
      <Controls image={image} choice={choice} onChoice={setChoice} actions={actions} />
      <Readout image={image} wcs={wcs} at={cursor} scale={camera?.scale ?? 1} />
      <div class="viewer-stage plate">
        {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it takes keys and a cross-hair of its own */}
        <canvas
          ref={canvas}
          class="viewer-canvas"
          tabIndex={0}
          role="application"
          aria-label="Live image. Arrow keys move the cross-hair, plus and minus zoom, F fits the image, N turns north up."
          aria-describedby="viewer-readout"
          onKeyDown={keys}
          onContextMenu={(event) => event.preventDefault()}
          onPointerDown={(event) => {
            drag.current = { button: event.button, x: event.offsetX, y: event.offsetY };
            event.currentTarget.setPointerCapture(event.pointerId);
          }}
          onPointerUp={() => {
            drag.current = null;
          }}
          onPointerMove={(event) => {
            if (camera === null) return;
            const [px, py] = [event.offsetX, event.offsetY];
            setCursor(toImage(camera, size, px, py));
            const from = drag.current;
            if (from === null) return;
            drag.current = { ...from, x: px, y: py };
            if (from.button === 2) {
              // As in DS9: sideways moves the cut levels, up and down brings them together or apart.
              const [low, high] = look.cuts;
              const middle = (low + high) / 2 + ((from.x - px) / size.width) * (high - low) * 2;
              const half = ((high - low) / 2) * Math.exp((py - from.y) / 150);
              setChoice((now) => ({ ...now, cuts: [middle - half, middle + half] }));
            } else setCamera(pan(camera, size, px - from.x, py - from.y));
          }}
          onPointerLeave={() => {
            if (drag.current === null) setCursor(null);
          }}
        />
        {camera && <Overlay camera={camera} canvas={size} directions={about} wcs={wcs} cursor={cursor} />}
      </div>
    </div>
  );
}
