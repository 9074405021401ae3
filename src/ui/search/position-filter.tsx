import { useEffect, useId, useRef, useState } from "preact/hooks";
import { formatDec, formatRa, parseDec, parseRa } from "../../sky/angle.ts";
import { ApiError } from "../api/error.ts";
import { type Resolved, resolve } from "../api/resolve.ts";
import { announce } from "../design/announce.tsx";
import { looksLikeName, readPosition } from "./coordinates.ts";
import { DEFAULT_RADIUS } from "./field.ts";

interface PositionFilterProps {
  ra: string;
  dec: string;
  /** Degrees, as the address has it; empty: the default. */
  radius: string;
  refused: string | undefined;
  /** All three null: no position. */
  onPosition: (ra: string | null, dec: string | null, radius: string | null) => void;
}

/** A milliarcsecond and better. */
const DIGITS = 7;

function arcminutes(radius: string): string {
  const degrees = radius === "" ? DEFAULT_RADIUS : Number(radius);
  return String(Number((degrees * 60).toPrecision(6)));
}

/**
 * A circle on the sky: one field that reads coordinates in any usual notation, or else a name that the archive's
 * resolver knows, and one for the radius.
 */
export function PositionFilter({ ra, dec, radius, refused, onPosition }: PositionFilterProps) {
  const id = useId();
  const known = ra === "" && dec === "" ? "" : `${ra} ${dec}`;
  const [text, setText] = useState(known);
  const [minutes, setMinutes] = useState(arcminutes(radius));
  const [fault, setFault] = useState<string | null>(null);
  /** The name that stands for the position of the address. */
  const [named, setNamed] = useState<Resolved | null>(null);
  const asking = useRef<AbortController | null>(null);
  const [busy, setBusy] = useState(false);

  const isNamed = named !== null && `${named.ra} ${named.dec}` === known;
  useEffect(() => {
    const shown = readPosition(text);
    if (!isNamed && (shown === null || shown.ra !== ra || shown.dec !== dec)) setText(known);
    setFault(null);
  }, [known]);
  useEffect(() => setMinutes(arcminutes(radius)), [radius]);
  useEffect(() => () => asking.current?.abort(), []);

  const refuse = (words: string) => {
    setFault(words);
    announce(words);
  };

  /** The position of the text, by itself or by the resolver; null where there is none, which is said at the field. */
  const positionOf = async (typed: string): Promise<{ ra: string; dec: string } | null> => {
    const position = readPosition(typed);
    if (position !== null) {
      parseRa(position.ra);
      parseDec(position.dec);
      return position;
    }
    if (!looksLikeName(typed)) {
      refuse("Write right ascension and declination, such as 13:29:53 +47:11:43 or 202.47 47.195, or a name.");
      return null;
    }
    if (isNamed && named.name === typed) return named;
    const controller = new AbortController();
    asking.current = controller;
    setBusy(true);
    try {
      const { ra: east, dec: north, ...rest } = await resolve(typed, controller.signal);
      const found: Resolved = { ...rest, name: typed, ra: east.toFixed(DIGITS), dec: north.toFixed(DIGITS) };
      setNamed(found);
      announce(`${found.name} is at ${formatRa(east, 1)} ${formatDec(north, 0)}.`);
      return found;
    } finally {
      if (asking.current === controller) setBusy(false);
    }
  };

  const search = async () => {
    asking.current?.abort();
    setFault(null);
    const typed = text.trim();
    if (typed === "") {
      if (known !== "") onPosition(null, null, null);
      return;
    }
    const size = Number(minutes) / 60;
    if (!(size > 0 && size <= 180)) {
      refuse("The radius is a number of minutes of arc above 0.");
      return;
    }
    try {
      const position = await positionOf(typed);
      if (position === null) return;
      const degrees = Math.abs(size - DEFAULT_RADIUS) < 1e-9 ? null : String(Number(size.toPrecision(8)));
      if (position.ra !== ra || position.dec !== dec || (degrees ?? "") !== radius) {
        onPosition(position.ra, position.dec, degrees);
      }
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === "AbortError") return;
      const { message } = cause as Error;
      const helps = cause instanceof ApiError && ["missing", "server"].includes(cause.kind);
      refuse(helps ? `${message} Coordinates can be written instead.` : message);
    }
  };
  const enter = (event: KeyboardEvent) => {
    if (event.key === "Enter") void search();
  };
  const shownFault = fault ?? refused ?? null;

  return (
    <div class="position">
      <div class="field">
        <label for={`${id}-at`}>RA and Dec, or a name</label>
        <input
          id={`${id}-at`}
          class="input"
          autocomplete="off"
          spellcheck={false}
          placeholder="13:29:53 +47:11:43"
          value={text}
          aria-invalid={shownFault !== null}
          aria-describedby={`${id}-said`}
          onInput={(event) => {
            asking.current?.abort();
            setBusy(false);
            setText(event.currentTarget.value);
          }}
          onKeyDown={enter}
          onBlur={() => void search()}
        />
      </div>
      <div class="field">
        <label for={`${id}-radius`}>Radius (′)</label>
        <input
          id={`${id}-radius`}
          class="input"
          inputMode="decimal"
          autocomplete="off"
          value={minutes}
          onInput={(event) => setMinutes(event.currentTarget.value)}
          onKeyDown={enter}
          onBlur={() => void search()}
        />
      </div>
      <p class={shownFault === null ? "hint" : "fault"} id={`${id}-said`}>
        {shownFault ?? (busy ? "Asking where this is …" : isNamed ? placeOf(named) : "")}
      </p>
    </div>
  );
}

function placeOf({ name, designation, ra, dec, source }: Resolved): string {
  return `${designation ?? name}: ${formatRa(Number(ra), 1)} ${formatDec(Number(dec), 0)} (${source})`;
}
