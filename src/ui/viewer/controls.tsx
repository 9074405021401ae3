import { useState } from "preact/hooks";
import type { Colormap } from "../../imaging/colormap.ts";
import type { Cuts } from "../../imaging/cuts.ts";
import { SHADER_STRETCHES, type ShaderStretch, VIEWER_COLORMAPS } from "./look.ts";
import { PERCENTAGES } from "./message.ts";
import { short } from "./number.ts";
import type { ViewerState } from "./state.ts";

interface ControlsProps {
  state: ViewerState;
  /** Another HDU or plane: they are part of the address. */
  onChoose: (what: "hdu" | "plane", value: number) => void;
}

function nameOf(cuts: Cuts): string {
  return cuts.kind === "percentile" ? String(cuts.percent) : cuts.kind;
}

function cutsNamed(name: string): Cuts {
  return name === "zscale" || name === "minmax" ? { kind: name } : { kind: "percentile", percent: Number(name) };
}

interface NumberFieldProps {
  label: string;
  value: string;
  /** Whole numbers from 1 to this; without it any number. */
  most?: number;
  /** A number was typed. */
  onEnter: (value: number) => void;
}

/** What is being typed stays, whatever is drawn anew meanwhile; what is no number goes again. */
function NumberField({ label, value, most, onEnter }: NumberFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <label class="image-wish">
      <span class="muted">{label}</span>
      <input
        {...(most === undefined
          ? ({ class: "input level", inputMode: "decimal" } as const)
          : { class: "input plane", type: "number", min: 1, max: most })}
        value={draft ?? value}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onBlur={() => setDraft(null)}
        onChange={(event) => {
          const text = event.currentTarget.value.trim().replace(",", ".");
          setDraft(null);
          if (text !== "" && Number.isFinite(Number(text))) onEnter(Number(text));
        }}
      />
    </label>
  );
}

/** HDU and plane, cut levels, stretch and colours. */
export function Controls({ state, onChoose }: ControlsProps) {
  const { image } = state.first;
  const look = state.look.value;
  const levels = state.levels();
  const level = (which: 0 | 1, label: string) => (
    <NumberField
      label={label}
      value={short(levels[which], 7)}
      onEnter={(value) => {
        const [low, high] = state.levels();
        state.setLevels(which === 0 ? [value, high] : [low, value]);
      }}
    />
  );
  return (
    <div class="viewer-bar">
      {image.units.length > 1 && (
        <label class="image-wish">
          <span class="muted">HDU</span>
          <select
            class="select"
            value={String(image.unit.index)}
            onChange={(event) => onChoose("hdu", Number(event.currentTarget.value))}
          >
            {image.units.map((unit) => (
              <option key={unit.index} value={String(unit.index)}>
                {`${unit.index} ${unit.name} (${unit.width} × ${unit.height})`}
              </option>
            ))}
          </select>
        </label>
      )}
      {image.unit.planes > 1 && (
        <NumberField
          label={`Plane of ${image.unit.planes}`}
          most={image.unit.planes}
          value={String(image.plane + 1)}
          onEnter={(value) => onChoose("plane", value - 1)}
        />
      )}
      <label class="image-wish">
        <span class="muted">Cuts</span>
        <select
          class="select"
          value={nameOf(look.cuts)}
          onChange={(event) => state.change({ cuts: cutsNamed(event.currentTarget.value) })}
        >
          <option value="zscale">zscale</option>
          {PERCENTAGES.map((percentage) => (
            <option key={percentage} value={percentage}>
              {percentage} %
            </option>
          ))}
          <option value="minmax">min to max</option>
          {look.cuts.kind === "levels" && <option value="levels">own</option>}
        </select>
      </label>
      {level(0, "Low")}
      {level(1, "High")}
      <label class="image-wish">
        <span class="muted">Stretch</span>
        <select
          class="select"
          value={look.stretch}
          onChange={(event) => state.change({ stretch: event.currentTarget.value as ShaderStretch })}
        >
          {SHADER_STRETCHES.map((stretch) => (
            <option key={stretch} value={stretch}>
              {stretch}
            </option>
          ))}
        </select>
      </label>
      <label class="image-wish">
        <span class="muted">Colours</span>
        <select
          class="select"
          value={look.colormap}
          onChange={(event) => state.change({ colormap: event.currentTarget.value as Colormap })}
        >
          {VIEWER_COLORMAPS.map((colormap) => (
            <option key={colormap} value={colormap}>
              {colormap}
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={look.inverted}
          onChange={(event) => state.change({ inverted: event.currentTarget.checked })}
        />
        Invert
      </label>
    </div>
  );
}
