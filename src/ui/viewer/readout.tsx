import { formatDec, formatRa } from "../../sky/angle.ts";
import type { Wcs } from "../../sky/wcs.ts";
import type { LoadedImage } from "./message.ts";

interface ReadoutProps {
  image: LoadedImage;
  wcs: Wcs | null;
  /** FITS image coordinates under the cursor; null: nowhere. */
  at: [number, number] | null;
  /** CSS pixels for one image pixel. */
  scale: number;
}

/** The value of the pixel that holds a place, with all its digits; null outside. */
export function valueAt(image: LoadedImage, x: number, y: number): number | bigint | null {
  const [column, row] = [Math.round(x) - 1, Math.round(y) - 1];
  const { width, height } = image.unit;
  if (column < 0 || row < 0 || column >= width || row >= height) return null;
  return image.values[row * width + column] ?? null;
}

function words(value: number | bigint | null): string {
  if (value === null) return "–";
  if (typeof value === "bigint" || Number.isInteger(value)) return String(value);
  return Number.isNaN(value) ? "undefined" : String(Number(value.toPrecision(8)));
}

/** Pixel, value and position under the cursor, in fixed places, so that nothing jumps. */
export function Readout({ image, wcs, at, scale }: ReadoutProps) {
  const value = at === null ? null : valueAt(image, at[0], at[1]);
  const sky = at === null || wcs === null ? null : wcs.pixelToIcrs(at[0], at[1]);
  return (
    <dl class="readout" id="viewer-readout">
      <div>
        <dt>Pixel</dt>
        <dd data-part="pixel">{at === null ? "–" : `${Math.round(at[0])}, ${Math.round(at[1])}`}</dd>
      </div>
      <div>
        <dt>Value</dt>
        <dd data-part="value">{words(value)}</dd>
      </div>
      <div class="wide">
        <dt>RA, Dec</dt>
        <dd data-part="sky">
          {sky === null ? (
            wcs === null ? (
              "no WCS"
            ) : (
              "–"
            )
          ) : (
            <>
              {formatRa(sky[0], 3)} {formatDec(sky[1], 2)}{" "}
              <span class="muted">
                {sky[0].toFixed(6)}° {sky[1].toFixed(6)}°
              </span>
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>Zoom</dt>
        <dd>{Number((scale * 100).toPrecision(3))} %</dd>
      </div>
    </dl>
  );
}
