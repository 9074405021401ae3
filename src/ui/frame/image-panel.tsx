import { COLORMAPS } from "../../imaging/colormap.ts";
import { STRETCHES } from "../../imaging/stretch.ts";
import type { Frame } from "../api/frame.ts";
import { note, place } from "../router.ts";
import { Preview } from "./preview.tsx";

const CUTS = [
  { value: "zscale", label: "zscale" },
  { value: "percentile:99.5", label: "99.5 %" },
  { value: "percentile:99", label: "99 %" },
  { value: "percentile:95", label: "95 %" },
  { value: "minmax", label: "min to max" },
];

/** What the archive draws a preview with; the first of each is its own choice. */
const WISHES = [
  { name: "cuts", label: "Cuts", values: CUTS },
  { name: "stretch", label: "Stretch", values: STRETCHES.map((value) => ({ value, label: value })) },
  { name: "cmap", label: "Colours", values: COLORMAPS.map((value) => ({ value, label: value })) },
] as const;

/** The frame's image as the archive draws it, with what it can be drawn by. The choice is part of the address. */
export function ImagePanel({ frame, version }: { frame: Frame; version: number | null }) {
  const query = place.value.query;
  const chosen: Record<string, string> = {};
  for (const { name, values } of WISHES) {
    const given = query.get(name);
    if (given !== null && values.some(({ value }) => value === given)) chosen[name] = given;
  }
  return (
    <div class="frame-image">
      <Preview
        key={JSON.stringify(chosen)}
        frame={frame}
        size="page"
        version={version}
        wishes={chosen}
        lazy={false}
        alt={`Preview of ${frame.basename}`}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: what a preview is drawn by is no fieldset of a form */}
      <div class="image-bar" role="group" aria-label="How the preview is drawn">
        {WISHES.map(({ name, label, values }) => (
          <label key={name} class="image-wish">
            <span class="muted">{label}</span>
            <select
              class="select"
              value={chosen[name] ?? values[0]!.value}
              onChange={({ currentTarget: { value } }) => note({ [name]: value === values[0]!.value ? null : value })}
            >
              {values.map((one) => (
                <option key={one.value} value={one.value}>
                  {one.label}
                </option>
              ))}
            </select>
          </label>
        ))}
        <span class="muted small">
          {frame.width} × {frame.height} pixels
        </span>
      </div>
    </div>
  );
}
