/** Levenberg's and Marquardt's least squares for the few parameters that a star has. Pure. */

export interface Model {
  /** The value at a sample, and into `slopes` its derivatives by every parameter. */
  evaluate(parameters: Float64Array, sample: number, slopes: Float64Array): number;
  /** Whether the model means anything there; steps that leave it are shortened. */
  allows(parameters: Float64Array): boolean;
}

const MOST_STEPS = 200;
const ENOUGH = 1e-10;

/**
 * The parameters with the smallest sum of squared differences from `values`, beginning at `start`. Null where there are
 * fewer samples than parameters, or where no step leads down and the start was no minimum.
 */
export function leastSquares(model: Model, values: Float64Array, start: readonly number[]): Float64Array | null {
  const count = start.length;
  if (values.length < count) return null;
  let parameters = Float64Array.from(start);
  if (!model.allows(parameters)) return null;
  const slopes = new Float64Array(count);
  const normal = new Float64Array(count * count);
  const gradient = new Float64Array(count);
  const squares = (at: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += (values[i]! - model.evaluate(at, i, slopes)) ** 2;
    return sum;
  };

  let error = squares(parameters);
  let damping = 1e-3;
  for (let step = 0; step < MOST_STEPS; step++) {
    normal.fill(0);
    gradient.fill(0);
    for (let i = 0; i < values.length; i++) {
      const rest = values[i]! - model.evaluate(parameters, i, slopes);
      for (let j = 0; j < count; j++) {
        gradient[j]! += slopes[j]! * rest;
        for (let k = 0; k <= j; k++) normal[j * count + k]! += slopes[j]! * slopes[k]!;
      }
    }
    let moved = false;
    while (damping < 1e12) {
      const change = solve(normal, gradient, damping);
      const next = change && parameters.map((value, j) => value + change[j]!);
      const nextError = next !== null && model.allows(next) ? squares(next) : Number.POSITIVE_INFINITY;
      if (next !== null && nextError <= error) {
        const gained = error - nextError;
        parameters = next;
        error = nextError;
        damping = Math.max(1e-12, damping / 10);
        moved = gained > ENOUGH * error && error > 0;
        break;
      }
      damping *= 10;
    }
    if (!moved) return parameters;
  }
  return parameters;
}

/** Solves (N + damping · diag N) x = g for the lower triangle N by Gaussian elimination; null where it is singular. */
function solve(normal: Float64Array, gradient: Float64Array, damping: number): Float64Array | null {
  const n = gradient.length;
  const rows = Array.from({ length: n }, (_, j) => {
    const row = new Float64Array(n + 1);
    for (let k = 0; k < n; k++) row[k] = normal[Math.max(j, k) * n + Math.min(j, k)]!;
    row[j]! *= 1 + damping;
    row[n] = gradient[j]!;
    return row;
  });
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let j = column + 1; j < n; j++) {
      if (Math.abs(rows[j]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = j;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const own = rows[column]!;
    if (!(Math.abs(own[column]!) > 0)) return null;
    for (let j = 0; j < n; j++) {
      if (j === column) continue;
      const factor = rows[j]![column]! / own[column]!;
      for (let k = column; k <= n; k++) rows[j]![k]! -= factor * own[k]!;
    }
  }
  return Float64Array.from(rows, (row, j) => row[n]! / row[j]!);
}
