import { useEffect, useId, useState } from "preact/hooks";
import { parseDec, parseRa } from "../../sky/angle.ts";
import { readPosition } from "./coordinates.ts";
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

function arcminutes(radius: string): string {
  const degrees = radius === "" ? DEFAULT_RADIUS : Number(radius);
  return String(Number((degrees * 60).toPrecision(6)));
}

/** A circle on the sky: one field that reads coordinates in any usual notation, one for the radius. */
export function PositionFilter({ ra, dec, radius, refused, onPosition }: PositionFilterProps) {
  const id = useId();
  const known = ra === "" && dec === "" ? "" : `${ra} ${dec}`;
  const [text, setText] = useState(known);
  const [minutes, setMinutes] = useState(arcminutes(radius));
  const [fault, setFault] = useState<string | null>(null);

  useEffect(() => {
    const shown = readPosition(text);
    if (shown === null || shown.ra !== ra || shown.dec !== dec) setText(known);
    setFault(null);
  }, [known]);
  useEffect(() => setMinutes(arcminutes(radius)), [radius]);

  const search = () => {
    if (text.trim() === "") {
      setFault(null);
      if (known !== "") onPosition(null, null, null);
      return;
    }
    const position = readPosition(text);
    if (position === null) {
      setFault("Write right ascension and declination, such as 13:29:53 +47:11:43 or 202.47 47.195.");
      return;
    }
    try {
      parseRa(position.ra);
      parseDec(position.dec);
    } catch (cause) {
      setFault((cause as Error).message);
      return;
    }
    const size = Number(minutes) / 60;
    if (!(size > 0 && size <= 180)) {
      setFault("The radius is a number of minutes of arc above 0.");
      return;
    }
    setFault(null);
    const degrees = Math.abs(size - DEFAULT_RADIUS) < 1e-9 ? null : String(Number(size.toPrecision(8)));
    if (position.ra !== ra || position.dec !== dec || (degrees ?? "") !== radius) {
      onPosition(position.ra, position.dec, degrees);
    }
  };
  const enter = (event: KeyboardEvent) => {
    if (event.key === "Enter") search();
  };
  const shownFault = fault ?? refused ?? null;

  return (
    <div class="position">
      <div class="field">
        <label for={`${id}-at`}>RA and Dec</label>
        <input
          id={`${id}-at`}
          class="input"
          autocomplete="off"
          spellcheck={false}
          placeholder="13:29:53 +47:11:43"
          value={text}
          aria-invalid={shownFault !== null}
          aria-describedby={shownFault === null ? undefined : `${id}-fault`}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={enter}
          onBlur={search}
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
          onBlur={search}
        />
      </div>
      {shownFault !== null && (
        <p class="fault" id={`${id}-fault`}>
          {shownFault}
        </p>
      )}
    </div>
  );
}
