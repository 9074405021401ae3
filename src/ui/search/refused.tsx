import type { ApiError } from "../api/error.ts";
import { Notice } from "../design/notice.tsx";
import { chipsOf } from "./chips.tsx";
import { ALIASES } from "./field.ts";
import { addressOf, readSearch, type Search } from "./query.ts";

interface RefusedProps {
  fault: ApiError;
  search: Search;
  onChange: (changes: Record<string, string | string[] | null>) => void;
}

/** What the archive does not accept of a search, what it accepts instead, and the way on without it. */
export function Refused({ fault, search, onChange }: RefusedProps) {
  const chips = chipsOf(search);
  const complaints = Object.entries(fault.fields).map(([field, words]) => {
    const chip = chips.find(({ without }) => (ALIASES[field] ?? field) in without);
    return { called: chip === undefined ? field : `${chip.label} ${chip.value}`, words, chip };
  });
  const { sort, order } = readSearch(new URLSearchParams());
  return (
    <Notice mood="bad" title="The archive does not accept this search" alert>
      {complaints.length === 0 && <p>{fault.message}</p>}
      {complaints.map(({ called, words }) => (
        <p key={called}>
          <b>{called}</b>: {words}
        </p>
      ))}
      <div class="buttons">
        {complaints.map(
          ({ called, chip }) =>
            chip !== undefined && (
              <button type="button" class="button tight" key={called} onClick={() => onChange(chip.without)}>
                Leave out {called}
              </button>
            ),
        )}
        {"sort" in fault.fields && (
          <a class="button tight" href={addressOf({ ...search, sort, order })}>
            Newest first
          </a>
        )}
      </div>
    </Notice>
  );
}
