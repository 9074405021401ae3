/** Work that can wait, a piece at a time in the pauses between what a person does and sees. */

const waiting = new Set<() => void>();
let asked = false;

function ask(): void {
  if (asked || waiting.size === 0) return;
  asked = true;
  // Safari has no idle callbacks.
  if ("requestIdleCallback" in window) requestIdleCallback(work);
  else setTimeout(work, 30);
}

function work(): void {
  asked = false;
  const [next] = waiting;
  if (next === undefined) return;
  waiting.delete(next);
  next();
  ask();
}

/** Does it in a pause, after what waits already. Answers how to give it up. */
export function whenIdle(piece: () => void): () => void {
  waiting.add(piece);
  ask();
  return () => waiting.delete(piece);
}
