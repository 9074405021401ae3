import { count } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { PAGE_SIZES } from "./query.ts";

interface PagerProps {
  total: number;
  offset: number;
  limit: number;
  addressAt: (offset: number) => string;
  onLimit: (limit: number) => void;
}

/** Numbers of the pages around this one, with the first and the last; null stands for those left out. */
export function pagesAround(page: number, pages: number): (number | null)[] {
  const near = new Set([1, page - 1, page, page + 1, pages].filter((n) => n >= 1 && n <= pages));
  const list: (number | null)[] = [];
  let before = 0;
  for (const n of [...near].sort((a, b) => a - b)) {
    if (n === before + 2) list.push(n - 1);
    else if (n > before + 2) list.push(null);
    list.push(n);
    before = n;
  }
  return list;
}

/** Moves through the pages; each has its own address. */
export function Pager({ total, offset, limit, addressAt, onLimit }: PagerProps) {
  const pages = Math.max(1, Math.ceil(total / limit));
  const page = Math.min(pages, Math.floor(offset / limit) + 1);
  const to = (n: number) => addressAt((n - 1) * limit);
  return (
    <nav class="pager" aria-label="Pages of results">
      <span class="muted">
        {offset >= total ? "0" : `${count(offset + 1)}–${count(Math.min(offset + limit, total))}`} of {count(total)}
      </span>
      <div class="pages">
        {page > 1 && (
          <a class="button tight" href={to(page - 1)} rel="prev" aria-label="Previous page">
            <Icon name="left" size={14} />
          </a>
        )}
        {pages > 1 &&
          pagesAround(page, pages).map((n, i) =>
            n === null ? (
              <span class="muted" key={`gap${i}`}>
                …
              </span>
            ) : (
              <a class="button tight" key={n} href={to(n)} aria-current={n === page ? "page" : undefined}>
                <span class="unseen">Page </span>
                {count(n)}
              </a>
            ),
          )}
        {page < pages && (
          <a class="button tight" href={to(page + 1)} rel="next" aria-label="Next page">
            <Icon name="right" size={14} />
          </a>
        )}
      </div>
      <label class="per-page">
        <span class="muted">Per page</span>
        <select class="select" value={String(limit)} onChange={(event) => onLimit(Number(event.currentTarget.value))}>
          {[...new Set([...PAGE_SIZES, limit])]
            .sort((a, b) => a - b)
            .map((size) => (
              <option key={size} value={String(size)}>
                {size}
              </option>
            ))}
        </select>
      </label>
    </nav>
  );
}
