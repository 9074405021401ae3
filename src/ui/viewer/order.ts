/** Medians without sorting. Pure. */

/** The k-th smallest, k from 0 (Hoare's selection); reorders `values`, which must hold no NaN. */
function select(values: Float64Array, k: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i <= j) {
        const value = values[i]!;
        values[i++] = values[j]!;
        values[j--] = value;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return values[k]!;
  }
  return values[k]!;
}

/** The median as numpy's: of an even number, the mean of the two in the middle. NaN of none. Reorders `values`. */
export function median(values: Float64Array): number {
  const { length } = values;
  if (length === 0) return Number.NaN;
  const upper = select(values, length >> 1);
  if (length % 2 === 1) return upper;
  // After the selection, the lower half holds all that is not larger.
  let lower = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length >> 1; i++) lower = Math.max(lower, values[i]!);
  return (lower + upper) / 2;
}

/**
 * Level and scatter of a background: median and 1.4826 times the median deviation, of what is left when values beyond
 * three of those were left out, five times at most. Null of fewer than 8 values.
 */
export function backgroundOf(values: Float64Array): { level: number; noise: number } | null {
  let kept = values;
  let found: { level: number; noise: number } | null = null;
  for (let round = 0; round < 5 && kept.length >= 8; round++) {
    const level = median(kept.slice());
    // The deviation of a normal distribution is 1.4826 times the median of its distances from the middle.
    const noise = 1.4826 * median(kept.map((value) => Math.abs(value - level)));
    found = { level, noise };
    const next = kept.filter((value) => Math.abs(value - level) <= 3 * noise);
    if (next.length === kept.length) break;
    kept = next;
  }
  return found;
}
