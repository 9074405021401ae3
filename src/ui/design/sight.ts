/**
 * Tells elements of long lists when they come near the window, slowly enough to be looked at: what flies past while a
 * person scrolls to somewhere else costs nothing.
 */

/** Half a window more on every side: what comes next is there when it comes. */
const NEAR = "50% 0px";
/** How often it is looked, ms. */
const PAUSE = 100;
/** Faster than this, nothing can be made out: pixels a second. */
const TOO_FAST = 1500;

/** What waits to be told, by the element that has to be near. */
const waiting = new Map<Element, Set<() => void>>();
const near = new Set<Element>();
let watch: IntersectionObserver | null = null;
let timer = 0;
/** Where the page was scrolled to when it was last looked. */
let last = 0;

function forget(element: Element): void {
  watch!.unobserve(element);
  waiting.delete(element);
  near.delete(element);
}

function look(): void {
  const at = window.scrollY;
  const slow = Math.abs(at - last) <= (TOO_FAST * PAUSE) / 1000;
  last = at;
  timer = 0;
  for (const element of slow ? near : []) {
    const told = waiting.get(element)!;
    forget(element);
    for (const seen of told) seen();
  }
  if (near.size > 0) timer = window.setTimeout(look, PAUSE);
}

function come(entries: IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) near.delete(target);
    else if (waiting.has(target)) near.add(target);
  }
  if (near.size === 0 || timer !== 0) return;
  // What is there when a page opens comes at once; on the way, the speed has to be known first.
  if (window.scrollY === last) look();
  else timer = window.setTimeout(look, PAUSE);
}

/**
 * Calls back once, when the element is near the window and the scroll slow. Answers how to give it up. Elements that a
 * list keeps in groups, marked `data-near`, are seen together: 1,000 that are watched one by one cost 2 ms a frame.
 */
export function whenSeen(element: Element, seen: () => void): () => void {
  watch ??= new IntersectionObserver(come, { rootMargin: NEAR });
  const group = element.closest("[data-near]") ?? element;
  const told = waiting.get(group) ?? new Set();
  if (told.size === 0) {
    waiting.set(group, told);
    watch.observe(group);
  }
  told.add(seen);
  return () => {
    told.delete(seen);
    if (told.size === 0 && waiting.get(group) === told) forget(group);
  };
}
