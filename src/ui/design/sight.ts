/**
 * Tells elements of long lists when they come near the window, slowly enough to be looked at: what flies past while a
 * person scrolls to somewhere else costs nothing.
 */

/** Half a window more on every side: what comes next is there when it comes. */
const NEAR = "50% 0px";
/** Faster than this, nothing can be made out: pixels a millisecond. */
const TOO_FAST = 1.5;
/** How often it is looked, ms. Not in each frame: a scroll would wait for that. */
const PAUSE = 100;
/** As many are told at a time while the page is scrolled: images that come all at once make frames late. */
const AT_ONCE = 3;
/** After so many looks without a move the page rests, and all are told. */
const REST = 2;

/** What waits to be told, by the element that has to be near. */
const waiting = new Map<Element, Set<() => void>>();
const near = new Set<Element>();
let watch: IntersectionObserver | null = null;
let timer = 0;
/** When it was last looked, and where the page was scrolled to. */
let before = 0;
let last = 0;
/** Looks since it was last moved. A page that opens rests. */
let still = REST;

function forget(element: Element): void {
  watch!.unobserve(element);
  waiting.delete(element);
  near.delete(element);
}

function look(): void {
  const [now, at] = [performance.now(), window.scrollY];
  const slow = Math.abs(at - last) <= TOO_FAST * (now - before);
  still = at === last ? still + 1 : 0;
  before = now;
  last = at;
  if (still >= REST) tell(Number.POSITIVE_INFINITY);
  else if (slow) tell(AT_ONCE);
  timer = near.size > 0 ? window.setTimeout(look, PAUSE) : 0;
}

function tell(most: number): void {
  let left = most;
  for (const element of near) {
    const told = waiting.get(element)!;
    for (const seen of told) {
      if (left-- === 0) return;
      told.delete(seen);
      seen();
    }
    forget(element);
  }
}

function come(entries: IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) near.delete(target);
    else if (waiting.has(target)) near.add(target);
  }
  if (near.size === 0 || timer !== 0) return;
  // What comes where the page rests comes at once; on the way, the speed has to be known first.
  if (still >= REST && window.scrollY === last) {
    tell(Number.POSITIVE_INFINITY);
    return;
  }
  before = performance.now();
  last = window.scrollY;
  still = 0;
  timer = window.setTimeout(look, PAUSE);
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
