import { chipCount } from "./chips.tsx";
import { TIMES } from "./field.ts";
import { FirstSteps } from "./first-steps.tsx";
import { addressOf, type Search } from "./query.ts";
import { WaysOut } from "./ways-out.tsx";

interface NothingProps {
  search: Search;
  /** Frames found; they may all be on pages before this one. */
  total: number;
  onClear: () => void;
}

/** No rows: because nothing fits, because the page is past the end, or because the archive is still empty. */
export function Nothing({ search, total, onClear }: NothingProps) {
  if (total > 0) {
    return (
      <div class="empty">
        <h2>This page is past the last frame</h2>
        <a class="button" href={addressOf({ ...search, offset: 0 })}>
          To the first page
        </a>
      </div>
    );
  }
  if (chipCount(search) > 0) {
    return (
      <div class="empty">
        <h2>No frame fits all of these filters</h2>
        <div class="buttons">
          <button type="button" class="button" onClick={onClear}>
            Clear all filters
          </button>
          {TIMES.some((name) => search.filters.has(name)) && (
            <a class="button" href="night/">
              Which nights have frames?
            </a>
          )}
        </div>
        <WaysOut search={search} />
      </div>
    );
  }
  return (
    <div class="empty">
      <h2>There are no frames here yet</h2>
      <FirstSteps />
    </div>
  );
}
