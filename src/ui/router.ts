/**
 * Addresses of the app on the History API. Every state a person can be in has an address; pages read theirs from
 * `place` and move with `go`. Links are plain `<a href>`: a click on one that a page owns is followed without loading
 * the document again, everything else (downloads, the API page) is left to the browser.
 */
import { batch, signal } from "@preact/signals";

export interface Place {
  /** Relative to the archive's own address, as all addresses in the app are: `frame/12`. */
  path: string;
  query: URLSearchParams;
  /** Counts moves, so that a page can tell "again here" from "still here". */
  move: number;
  /** Where the page was scrolled to when it was left; 0 for a new visit. */
  scroll: number;
}

/** The archive's own address, to which all others of the app are relative: it may have a path on a host of others. */
const root = new URL(document.baseURI);

/** The path of an address of the archive below that, or null: it is somebody else's. */
export function pathOf(url: URL | Location): string | null {
  const own = url.origin === root.origin && url.pathname.startsWith(root.pathname);
  return own ? url.pathname.slice(root.pathname.length) : null;
}

function read(move: number, scroll: number): Place {
  return { path: pathOf(location) ?? location.pathname, query: new URLSearchParams(location.search), move, scroll };
}

export const place = signal<Place>(read(0, scrollOf(history.state)));

function scrollOf(state: unknown): number {
  const scroll = (state as { scroll?: unknown } | null)?.scroll;
  return typeof scroll === "number" ? scroll : 0;
}

/** Pages of the app, by their path. The first group of the pattern is the page's argument. */
export const PAGES = {
  search: /^$/,
  night: /^night(?:\/(\d{4}-\d{2}-\d{2}))?\/?$/,
  frame: /^frame\/(\d+)\/?$/,
  upload: /^upload\/?$/,
  account: /^account\/?$/,
  signIn: /^sign-in\/?$/,
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

/** Where one signs in, to come back to where one is. */
export function signInAddress(): string {
  return `sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
}

/** Moves to an address of the app. `replace` leaves no entry for the Back button: for corrections and typing. */
export function go(href: string, options: { replace?: boolean } = {}): void {
  const url = new URL(href, root);
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
    if (href.startsWith("#")) {
      // On this page, where the document's <base> would take it to the archive's first.
      event.preventDefault();
      location.assign(new URL(href, location.href));
      return;
    }
    // Not the link's own properties: those of a link in an SVG are other ones.
    const url = new URL(href, root);
    const path = pathOf(url);
    if (path === null || pageOf(path) === null) return;
    event.preventDefault();
    if (url.href !== location.href) go(url.href);
  });
}
