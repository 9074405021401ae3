/**
 * Exposure times by their first three decimal digits: what combinations count. The limits that people write (60, 0.25,
 * 1800) have a step of their own, so that the frames beyond them are counted without looking at one.
 */

/** So that 1 ms to 10¹² s have numbers of two bytes. */
const FIRST = 2 * ((-3 + 330) * 1000 + 100);

/**
 * Number of the step that holds an exposure time. Never falls while the time grows. Even: exactly the time of three
 * digits; odd: between that and the next.
 */
export function stepOf(exptime: number): number {
  if (!(exptime > 0)) return (exptime === 0 ? 2 : 1) - FIRST;
  if (exptime === Number.POSITIVE_INFINITY) return 2_000_001 - FIRST;
  const [digits, exponent] = exptime.toExponential(14).split("e") as [string, string];
  const three = Math.floor(Number(digits) * 100 + 1e-9);
  const edge = Number(`${three}e${Number(exponent) - 2}`);
  const even = 2 * ((Number(exponent) + 330) * 1000 + three) - FIRST;
  return exptime === edge ? even : exptime > edge ? even + 1 : even - 1;
}

/** Whether the step of this limit holds nothing but the limit itself. */
export function isEdge(limit: number): boolean {
  return stepOf(limit) % 2 === 0;
}
