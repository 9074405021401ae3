/**
 * Tells elements of long lists when they come near the window, slowly enough to be looked at: what flies past while a
 * person scrolls to somewhere else costs nothing.
 */

/** Half a window more on every side: what comes next is there when it comes. */
const NEAR = "50% 0px";
/** Faster than this, nothing can be made out: pixels a millisecond. */
const TOO_FAST = 1.5;
/** The shortest time that a speed is made out in, ms. */
const FRAME = 16;
/** So long it must have been slower, ms. */
const PAUSE = 100;
/** As many are told in a frame: images that come all at once make frames late. */
const AT_ONCE = 3;

/** What waits to be told, by the element that has to be near. */
const waiting = new Map<Element, Set<() => void>>();
const near = new Set<Element>();
let watch: IntersectionObserver | null = null;
let looking = false;
/** When it was last looked and where the page was scrolled to; when it was last scrolled too fast. */
let before = 0;
let last = 0;
let fast = Number.NEGATIVE_INFINITY;

function forget(element: Element): void {
  watch!.unobserve(element);
  waiting.delete(element);
  near.delete(element);
}

/** In each frame while something near the window waits. */
function look(now: number): void {
  const at = window.scrollY;
  if (Math.abs(at - last) > TOO_FAST * Math.max(now - before, FRAME)) fast = now;
  before = now;
  last = at;
  if (now - fast >= PAUSE) tell();
  looking = near.size > 0;
  if (looking) requestAnimationFrame(look);
}

function tell(): void {
  let left = AT_ONCE;
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
  if (near.size === 0 || looking) return;
  looking = true;
  before = performance.now();
  // What is there when a page opens comes at once; on the way, the speed has to be known first.
  if (window.scrollY !== last) fast = before;
  last = window.scrollY;
  requestAnimationFrame(look);
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
