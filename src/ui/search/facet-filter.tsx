import { useState } from "preact/hooks";
import { count } from "../design/format.ts";
import { choiceWords, type Facet, WITHOUT } from "./field.ts";

interface FacetFilterProps {
  facet: Facet;
  choices: readonly string[];
  /** How many frames each choice would leave; absent where the archive does not say. */
  counts: Record<string, number> | undefined;
  chosen: readonly string[];
  onChoose: (values: string[]) => void;
}

const FIRST = 8;

/** Choices as checkboxes, any of them together. Long lists show the first few and those chosen. */
export function FacetFilter({ facet, choices, counts, chosen, onChoose }: FacetFilterProps) {
  const [all, setAll] = useState(false);
  // A choice that the rest of the search has emptied stays as long as it is chosen, so that it can be taken back.
  const listed = [...choices, ...chosen.filter((value) => !choices.includes(value))].sort(
    (a, b) => Number(a === WITHOUT) - Number(b === WITHOUT),
  );
  if (listed.length === 0) return null;
  const shown = all || listed.length <= FIRST + 2 ? listed : listed.filter((v, i) => i < FIRST || chosen.includes(v));

  return (
    <fieldset class="facet">
      <legend>{facet.label}</legend>
      {shown.map((value) => (
        <label class="check" key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={(event) =>
              onChoose(event.currentTarget.checked ? [...chosen, value] : chosen.filter((other) => other !== value))
            }
          />
          <span class="grow">{choiceWords(facet, value)}</span>
          {counts && (
            <span class="muted small">
              {count(counts[value] ?? 0)}
              <span class="unseen">{counts[value] === 1 ? " frame" : " frames"}</span>
            </span>
          )}
        </label>
      ))}
      {shown.length < listed.length && (
        <button type="button" class="link small" onClick={() => setAll(true)}>
          {`All ${listed.length}`}
        </button>
      )}
    </fieldset>
  );
}
