import type { Wcs } from "../../sky/wcs.ts";
import { type Camera, type Size, toCanvas } from "./camera.ts";
import { scaleBar } from "./sky.ts";

interface OverlayProps {
  camera: Camera;
  canvas: Size;
  directions: { north: [number, number]; east: [number, number] } | null;
  wcs: Wcs | null;
  cursor: [number, number] | null;
}

const ARM = 34;

/** Compass, scale bar and cross-hair above the image. */
export function Overlay({ camera, canvas, directions, wcs, cursor }: OverlayProps) {
  const degrees = wcs?.pixelScale(camera.x, camera.y) ?? null;
  const bar = degrees === null ? null : scaleBar(degrees / camera.scale, Math.min(160, canvas.width / 3));
  const [ox, oy] = [canvas.width - 56, canvas.height - 56];
  const arm = ([dx, dy]: [number, number]): [number, number] => {
    const [fromX, fromY] = toCanvas(camera, canvas, camera.x, camera.y);
    const [toX, toY] = toCanvas(camera, canvas, camera.x + dx, camera.y + dy);
    const length = Math.hypot(toX - fromX, toY - fromY);
    return [((toX - fromX) / length) * ARM, ((toY - fromY) / length) * ARM];
  };
  const cross = cursor === null ? null : toCanvas(camera, canvas, Math.round(cursor[0]), Math.round(cursor[1]));
  return (
    <svg class="viewer-overlay" width={canvas.width} height={canvas.height} aria-hidden="true">
      {directions &&
        [
          { letter: "N", to: arm(directions.north) },
          { letter: "E", to: arm(directions.east) },
        ].map(({ letter, to: [x, y] }) => (
          <g key={letter}>
            <line x1={ox} y1={oy} x2={ox + x} y2={oy + y} />
            <text x={ox + x * 1.35} y={oy + y * 1.35}>
              {letter}
            </text>
          </g>
        ))}
      {bar && (
        <g>
          <path d={`M16 ${canvas.height - 26}v8h${bar.length}v-8`} />
          <text x={16 + bar.length / 2} y={canvas.height - 34}>
            {bar.label}
          </text>
        </g>
      )}
      {cross && <path class="cross" d={`M${cross[0] - 12} ${cross[1]}h8m8 0h8M${cross[0]} ${cross[1] - 12}v8m0 8v8`} />}
    </svg>
  );
}
