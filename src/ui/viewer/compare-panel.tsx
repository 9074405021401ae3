import { useEffect, useState } from "preact/hooks";
import { type Frame, listFrames, frame as loadFrame } from "../api/frame.ts";
import { useResource } from "../api/resource.ts";
import { PACES } from "./address.ts";
import type { Layer } from "./layer.ts";
import { nameOf } from "./measured-on.tsx";
import { middleOf } from "./plane.ts";
import { openingOf, type PixelReader } from "./reader.ts";
import type { ViewerState } from "./state.ts";

/** Frames beside the first: each is in the graphics card's memory. */
const MOST_BESIDE = 7;
const OFFERED = 40;

interface CompareProps {
  state: ViewerState;
  reader: PixelReader;
}

/** Other frames of this field: blinked one after the other, or three of them as red, green and blue. */
export function ComparePanel({ state, reader }: CompareProps) {
  const { wcs, plane, frame } = state.first;
  const centre = wcs?.pixelToIcrs(...middleOf(plane)) ?? null;
  const place = centre && `POINT(${centre[0].toFixed(6)} ${centre[1].toFixed(6)})`;
  const found = useResource(place && `beside ${frame.id} ${place}`, (signal) => nearestInTime(frame, place!, signal));
  const [busy, setBusy] = useState<readonly number[]>([]);
  const [trouble, setTrouble] = useState<string | null>(null);

  const add = async (other: Frame) => {
    setBusy((before) => [...before, other.id]);
    setTrouble(null);
    try {
      const opened = await reader.read(openingOf(other, null));
      if (!state.addLayer(other, opened)) setTrouble(`${other.basename} has no world coordinates.`);
    } catch (cause) {
      setTrouble(`${other.basename}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
    setBusy((before) => before.filter((id) => id !== other.id));
  };

  // One after the other, so that they come in the order of the address, which the colours count on.
  const next = state.awaited.value[0];
  useEffect(() => {
    if (next === undefined) return;
    const controller = new AbortController();
    void (async () => {
      try {
        const other = await loadFrame(next, null, controller.signal);
        if (next !== frame.id) await add(other);
      } catch (cause) {
        if (!controller.signal.aborted) setTrouble(cause instanceof Error ? cause.message : String(cause));
      }
      if (!controller.signal.aborted) state.awaited.value = state.awaited.peek().filter((id) => id !== next);
    })();
    return () => controller.abort();
  }, [state, next]);

  if (centre === null) {
    return (
      <Section>
        <p class="muted">This frame has no world coordinates, so that no other can be laid on it.</p>
      </Section>
    );
  }
  const layers = state.layers.value;
  const others = found.data ?? [];
  const alike = (other: Frame) => Number(other.RLEVEL === frame.RLEVEL);
  const offered = others.toSorted((a, b) => alike(b) - alike(a));
  return (
    <Section>
      {trouble !== null && <p class="fault">{trouble}</p>}
      {found.fault && <p class="fault">{found.fault.message}</p>}
      {found.data !== undefined && others.length === 0 && <p class="muted">No other frame covers this field.</p>}
      <ul class="beside" aria-label="Frames that cover this field">
        {offered.map((other) => {
          const isHere = layers.some((layer) => layer !== state.first && layer.frame.id === other.id);
          const isBusy = busy.includes(other.id);
          return (
            <li key={other.id}>
              <label class="check">
                <input
                  type="checkbox"
                  checked={isHere || isBusy}
                  disabled={isBusy || (!isHere && layers.length + busy.length > MOST_BESIDE)}
                  onChange={() => (isHere ? state.removeLayer(other.id) : void add(other))}
                />
                <span>
                  {nameOf(other)} <span class="muted">{isBusy ? "reading …" : factsOf(other)}</span>
                </span>
              </label>
            </li>
          );
        })}
      </ul>
      {layers.length > 1 && <Blink state={state} />}
      {layers.length > 2 && <Colours state={state} layers={layers} />}
    </Section>
  );
}

/** Other frames that cover a place, those taken just before and after first. */
async function nearestInTime(frame: Frame, covers: string, signal: AbortSignal): Promise<Frame[]> {
  const query = (more: Record<string, string>) =>
    String(new URLSearchParams({ covers, sort: "DATE_OBS", limit: String(OFFERED / 2), ...more }));
  const lists = await Promise.all([
    listFrames(query({ end: frame.DATE_OBS, order: "desc" }), signal),
    listFrames(query({ start: frame.DATE_OBS, order: "asc" }), signal),
  ]);
  const byId = new Map(lists.flatMap(({ results }) => results).map((other) => [other.id, other]));
  byId.delete(frame.id);
  const apart = (other: Frame) => Math.abs(Date.parse(other.DATE_OBS) - Date.parse(frame.DATE_OBS));
  return [...byId.values()].sort((a, b) => apart(a) - apart(b));
}

function Section({ children }: { children: preact.ComponentChildren }) {
  return (
    <section class="viewer-part" aria-labelledby="compare-title">
      <h2 id="compare-title">Compare</h2>
      {children}
    </section>
  );
}

function factsOf(frame: Frame): string {
  const seconds = frame.EXPTIME === null ? "" : `${frame.EXPTIME} s, `;
  return `${seconds}${frame.night} ${frame.DATE_OBS.slice(11, 19)}, ${frame.INSTRUME}, level ${frame.RLEVEL}`;
}

function Blink({ state }: { state: ViewerState }) {
  const running = state.blink.value;
  const [pace, setPace] = useState(running ?? 1);
  useEffect(() => {
    // What an address starts must not move before those who asked for stillness.
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) state.blink.value = null;
    return () => {
      state.blink.value = null;
    };
  }, [state]);
  useEffect(() => {
    if (running === null) return;
    const timer = setInterval(() => state.step(1), running * 1000);
    return () => clearInterval(timer);
  }, [running, state]);
  const { frame } = state.layer;
  return (
    <div class="blink">
      <div class="buttons">
        <button
          type="button"
          class="button tight"
          aria-pressed={running !== null}
          onClick={() => {
            state.blink.value = running === null ? pace : null;
          }}
        >
          {running === null ? "Blink" : "Stop"}
        </button>
        <button type="button" class="button tight" title="Previous frame (,)" onClick={() => state.step(-1)}>
          Previous
        </button>
        <button type="button" class="button tight" title="Next frame (.)" onClick={() => state.step(1)}>
          Next
        </button>
        <select
          class="select tight"
          aria-label="Pace of blinking"
          value={String(pace)}
          onChange={(event) => {
            const chosen = Number(event.currentTarget.value);
            setPace(chosen);
            if (running !== null) state.blink.value = chosen;
          }}
        >
          {PACES.map((seconds) => (
            <option key={seconds} value={String(seconds)}>
              {seconds} s
            </option>
          ))}
        </select>
      </div>
      <p class="small" data-part="shown">
        {state.trio === null ? `${nameOf(frame)} ${frame.basename}` : "Three frames in colour"}
      </p>
    </div>
  );
}

/** Filters from red to blue, by the first letters of their usual names. */
const WAVELENGTHS = ["z", "i", "r", "h", "v", "g", "b", "u"];

/** The frames in the order of their filters' wavelengths, the longest first. */
function byWavelength(layers: readonly Layer[]): number[] {
  const rank = (layer: Layer) => {
    const name = (layer.frame.FILTER ?? "").toLowerCase().replace(/^(sdss|bessell?|johnson)[\s_-]*/, "");
    const at = WAVELENGTHS.indexOf(name.charAt(0));
    return at < 0 ? WAVELENGTHS.length / 2 : at;
  };
  return layers.map((_, index) => index).sort((a, b) => rank(layers[a]!) - rank(layers[b]!));
}

const CHANNELS = ["Red", "Green", "Blue"] as const;

function Colours({ state, layers }: { state: ViewerState; layers: readonly Layer[] }) {
  const chosen = state.colours.value;
  const usual = byWavelength(layers);
  const start = (): [number, number, number] => [usual[0]!, usual[usual.length >> 1]!, usual.at(-1)!];
  return (
    <div class="colours">
      <button
        type="button"
        class="button tight"
        aria-pressed={chosen !== null}
        onClick={() => {
          state.colours.value = chosen === null ? start() : null;
        }}
      >
        Red, green, blue
      </button>
      {chosen !== null &&
        CHANNELS.map((channel, slot) => (
          <label key={channel} class="image-wish">
            <span class="muted">{channel}</span>
            <select
              class="select tight"
              value={String(chosen[slot])}
              onChange={(event) => {
                state.colours.value = chosen.with(slot, Number(event.currentTarget.value)) as typeof chosen;
              }}
            >
              {layers.map(({ frame }, index) => (
                <option key={frame.id} value={String(index)}>
                  {`${nameOf(frame)} ${frame.basename}`}
                </option>
              ))}
            </select>
          </label>
        ))}
    </div>
  );
}
