import { COLORMAPS, type Colormap } from "../../imaging/colormap.ts";
import { Icon } from "../design/icon.tsx";
import { go, place } from "../router.ts";
import { type LoadedImage, PERCENTAGES } from "./message.ts";
import { type Look, SHADER_STRETCHES, type ShaderStretch } from "./painter.ts";

export interface LookChoice {
  /** A rule by which they are found, or the levels themselves. */
  cuts: string | [number, number];
  stretch: ShaderStretch;
  colormap: Colormap;
}

/** What is drawn by a choice on an image. */
export function lookOf({ cuts, stretch, colormap }: LookChoice, image: LoadedImage): Look {
  const levels =
    typeof cuts !== "string"
      ? cuts
      : cuts === "minmax"
        ? image.extremes
        : cuts === "zscale"
          ? image.zscale
          : (image.percentiles[cuts] ?? image.zscale);
  return { cuts: levels, stretch, colormap };
}

interface ControlsProps {
  image: LoadedImage;
  choice: LookChoice;
  onChoice: (choice: LookChoice) => void;
  actions: {
    fit: () => void;
    whole: () => void;
    closer: () => void;
    further: () => void;
    turnNorth: (() => void) | null;
    turnBack: () => void;
    save: () => void;
  };
}

/** Another HDU or plane: part of the address. */
function show(name: "hdu" | "plane", value: number): void {
  const query = new URLSearchParams(place.value.query);
  query.set(name, String(value));
  if (name === "hdu") query.delete("plane");
  go(`${place.value.path}?${query}`, { replace: true });
}

export function Controls({ image, choice, onChoice, actions }: ControlsProps) {
  const { cuts } = lookOf(choice, image);
  const level = (which: 0 | 1, label: string) => (
    <label class="image-wish">
      <span class="muted">{label}</span>
      <input
        class="input level"
        inputMode="decimal"
        value={String(Number(cuts[which].toPrecision(7)))}
        onChange={(event) => {
          const value = Number(event.currentTarget.value);
          if (!Number.isFinite(value)) return;
          onChoice({ ...choice, cuts: which === 0 ? [value, cuts[1]] : [cuts[0], value] });
        }}
      />
    </label>
  );
  const planes = image.unit.planes;
  const plane = Math.min(Number(place.value.query.get("plane") ?? 0) || 0, planes - 1);
  return (
    <div class="viewer-bar">
      {image.units.length > 1 && (
        <label class="image-wish">
          <span class="muted">HDU</span>
          <select
            class="select"
            value={String(image.unit.index)}
            onChange={(event) => show("hdu", Number(event.currentTarget.value))}
          >
            {image.units.map((unit) => (
              <option key={unit.index} value={String(unit.index)}>
                {`${unit.index} ${unit.name} (${unit.width} × ${unit.height})`}
              </option>
            ))}
          </select>
        </label>
      )}
      {planes > 1 && (
        <label class="image-wish">
          <span class="muted">{`Plane of ${planes}`}</span>
          <input
            class="input level"
            type="number"
            min={1}
            max={planes}
            value={plane + 1}
            onChange={(event) => show("plane", Math.max(0, Number(event.currentTarget.value) - 1))}
          />
        </label>
      )}
      <label class="image-wish">
        <span class="muted">Cuts</span>
        <select
          class="select"
          value={typeof choice.cuts === "string" ? choice.cuts : "own"}
          onChange={(event) => onChoice({ ...choice, cuts: event.currentTarget.value })}
        >
          <option value="zscale">zscale</option>
          {PERCENTAGES.map((percentage) => (
            <option key={percentage} value={percentage}>
              {percentage} %
            </option>
          ))}
          <option value="minmax">min to max</option>
          {typeof choice.cuts !== "string" && <option value="own">own</option>}
        </select>
      </label>
      {level(0, "Low")}
      {level(1, "High")}
      <label class="image-wish">
        <span class="muted">Stretch</span>
        <select
          class="select"
          value={choice.stretch}
          onChange={(event) => onChoice({ ...choice, stretch: event.currentTarget.value as ShaderStretch })}
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
          value={choice.colormap}
          onChange={(event) => onChoice({ ...choice, colormap: event.currentTarget.value as Colormap })}
        >
          {COLORMAPS.map((colormap) => (
            <option key={colormap} value={colormap}>
              {colormap}
            </option>
          ))}
        </select>
      </label>
      <div class="buttons">
        <button type="button" class="button square" aria-label="Closer" title="Closer (+)" onClick={actions.closer}>
          <Icon name="plus" />
        </button>
        <button type="button" class="button square" aria-label="Further" title="Further (−)" onClick={actions.further}>
          <Icon name="minus" />
        </button>
        <button type="button" class="button" title="Whole image (F)" onClick={actions.fit}>
          Fit
        </button>
        <button type="button" class="button" title="One pixel is one pixel (1)" onClick={actions.whole}>
          1:1
        </button>
        {actions.turnNorth && (
          <button
            type="button"
            class="button"
            title="North up, east left (N); U turns back"
            onClick={actions.turnNorth}
          >
            North up
          </button>
        )}
        <button type="button" class="button" onClick={actions.save}>
          Save as PNG
        </button>
      </div>
    </div>
  );
}
