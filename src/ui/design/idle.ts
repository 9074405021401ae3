/** Work that can wait, in small pieces in the pauses between what a person does and sees. */

const waiting = new Set<() => void>();
let asked = false;

function ask(): void {
  if (asked || waiting.size === 0) return;
  asked = true;
  // Safari has no idle callbacks.
  if ("requestIdleCallback" in window) requestIdleCallback(work);
  else setTimeout(() => work(), 30);
}

/** A pause that is longer than a frame: nothing moves. Then several pieces are done in it. */
const STILL_MS = 20;
const PIECES = 4;

function work(pause?: IdleDeadline): void {
  asked = false;
  const still = pause !== undefined && pause.timeRemaining() > STILL_MS;
  for (const next of [...waiting].slice(0, still ? PIECES : 1)) {
    waiting.delete(next);
    next();
  }
  ask();
}

/** Does it in a pause, after what waits already. Answers how to give it up. */
export function whenIdle(piece: () => void): () => void {
  waiting.add(piece);
  ask();
  return () => waiting.delete(piece);
}
