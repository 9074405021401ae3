import { useState } from "preact/hooks";
import { COLORMAPS } from "../../imaging/colormap.ts";
import { STRETCHES } from "../../imaging/stretch.ts";
import { useReturn } from "../api/away.ts";
import { answer } from "../api/client.ts";
import { ApiError, noAnswer } from "../api/error.ts";
import type { Frame } from "../api/frame.ts";
import { faultWords } from "../design/notice.tsx";
import { note, place } from "../router.ts";
import { Preview, previewAddress } from "./preview.tsx";

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

/** Whether a picture shows nothing at all: undefined pixels are transparent (`imaging/picture.ts`). */
function isEmpty(image: HTMLImageElement): boolean {
  const { naturalWidth: width, naturalHeight: height } = image;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.drawImage(image, 0, 0);
  // By rows from the top: nearly all pictures end it with the first.
  for (let y = 0; y < height; y++) {
    const row = context.getImageData(0, y, width, 1).data;
    for (let at = 3; at < row.length; at += 4) if (row[at] !== 0) return false;
  }
  return true;
}

interface Said {
  /** Of the picture that it is said of. */
  address: string;
  words: string;
  away: boolean;
}

/** Why there is no picture, in the archive's words: an `<img>` is told none. Null: there is one by now. */
async function faultOf(address: string): Promise<ApiError | null> {
  try {
    await answer(address, {});
    return null;
  } catch (cause) {
    return cause instanceof ApiError ? cause : noAnswer(cause);
  }
}

/** The frame's image as the archive draws it, with what it can be drawn by. The choice is part of the address. */
export function ImagePanel({ frame, version }: { frame: Frame; version: number | null }) {
  const query = place.value.query;
  const chosen: Record<string, string> = {};
  for (const { name, values } of WISHES) {
    const given = query.get(name);
    if (given !== null && values.some(({ value }) => value === given)) chosen[name] = given;
  }
  const address = previewAddress(frame.id, "page", version, chosen);
  const [said, setSaid] = useState<Said | null>(null);
  const [attempt, setAttempt] = useState(0);
  const about = said?.address === address ? said : null;
  const settled = async (image: HTMLImageElement | null) => {
    if (image !== null) {
      const words = isEmpty(image) ? "No pixel of this image has a value: all are undefined (NaN or BLANK)." : "";
      return setSaid({ address, words, away: false });
    }
    const fault = await faultOf(address);
    if (fault === null && attempt === 0) return setAttempt(1);
    const words = fault === null ? "This browser cannot show the preview." : faultWords(fault, "The preview");
    setSaid({ address, words, away: fault?.kind === "offline" });
  };
  useReturn(about?.away ?? false, () => setAttempt(attempt + 1));
  return (
    <div class="frame-image">
      <div class="frame-picture">
        <Preview
          key={`${address} ${attempt}`}
          frame={frame}
          size="page"
          version={version}
          wishes={chosen}
          lazy={false}
          alt={`Preview of ${frame.basename}`}
          onSettled={settled}
        />
        {/* There before it says anything, to be read out. */}
        <p class="preview-words" role="status">
          {about?.words}
        </p>
      </div>
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
