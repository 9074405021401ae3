/**
 * Addresses of the app on the History API. Every state a person can be in has an address; pages read theirs from
 * `place` and move with `go`. Links are plain `<a href>`: a click on one that a page owns is followed without loading
 * the document again, everything else (downloads, the API page) is left to the browser.
 */
import { batch, signal } from "@preact/signals";

export interface Place {
  path: string;
  query: URLSearchParams;
  /** Counts moves, so that a page can tell "again here" from "still here". */
  move: number;
  /** Where the page was scrolled to when it was left; 0 for a new visit. */
  scroll: number;
}

function read(move: number, scroll: number): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search), move, scroll };
}

export const place = signal<Place>(read(0, scrollOf(history.state)));

function scrollOf(state: unknown): number {
  const scroll = (state as { scroll?: unknown } | null)?.scroll;
  return typeof scroll === "number" ? scroll : 0;
}

/** Pages of the app, by their path. The first group of the pattern is the page's argument. */
export const PAGES = {
  search: /^\/$/,
  night: /^\/night(?:\/(\d{4}-\d{2}-\d{2}))?\/?$/,
  frame: /^\/frame\/(\d+)\/?$/,
  upload: /^\/upload\/?$/,
  account: /^\/account\/?$/,
  signIn: /^\/sign-in\/?$/,
} as const;
export type PageName = keyof typeof PAGES;

/** The page a path belongs to, or null where the app has none. */
export function pageOf(path: string): { name: PageName; argument: string } | null {
  for (const [name, pattern] of Object.entries(PAGES)) {
    const match = pattern.exec(path);
    if (match !== null) return { name: name as PageName, argument: match[1] ?? "" };
  }
  return null;
}

/** Moves to an address of the app. `replace` leaves no entry for the Back button: for corrections and typing. */
export function go(href: string, options: { replace?: boolean } = {}): void {
  const url = new URL(href, location.href);
  const samePath = url.pathname === location.pathname;
  if (options.replace) {
    history.replaceState({ scroll: window.scrollY }, "", url);
  } else {
    history.replaceState({ scroll: window.scrollY }, "");
    history.pushState(null, "", url);
  }
  batch(() => {
    place.value = read(place.value.move + 1, 0);
  });
  if (!samePath) window.scrollTo(0, 0);
}

/**
 * Writes into the present address what a person has changed on the page without going anywhere: no entry for Back. Null
 * takes a name away.
 */
export function note(changes: Record<string, string | null>): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  if (url.href === location.href) return;
  history.replaceState(history.state, "", url);
  place.value = { ...place.peek(), query: url.searchParams };
}

/** Scrolls to where this page was when it was left. Pages call it once what they show is there. */
export function restoreScroll(): void {
  const { scroll } = place.peek();
  if (scroll === 0) return;
  place.peek().scroll = 0;
  requestAnimationFrame(() => window.scrollTo(0, scroll));
}

/** Starts to follow links and the Back and Forward buttons. */
export function followLinks(): void {
  history.scrollRestoration = "manual";
  window.addEventListener("popstate", (event) => {
    place.value = read(place.value.move + 1, scrollOf(event.state));
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest("a");
    const href = link?.getAttribute("href");
    if (link == null || href == null || link.hasAttribute("target") || link.hasAttribute("download")) return;
    // Not the link's own properties: those of a link in an SVG are other ones.
    const url = new URL(href, location.href);
    if (url.origin !== location.origin || pageOf(url.pathname) === null) return;
    if (url.hash !== "" && url.pathname === location.pathname && url.search === location.search) return;
    event.preventDefault();
    if (url.href !== location.href) go(url.href);
  });
}
