/**
 * The smoothing of HCOMPRESS (SMOOTH = 1): differences that were digitised away are interpolated from the sums of the
 * neighbouring cells, as far as that stays monotonic and within `most`, half of the scale.
 */
export function smoothCoefficients(a: Float64Array, rows: number, columns: number, stride: number, most: number): void {
  const two = 2 * stride;
  for (let row = 2; row < rows - 2; row += 2) {
    for (let column = 0; column < columns; column += 2) {
      const at = row * stride + column;
      adjustSlope(a, at + stride, a[at - two]!, a[at]!, a[at + two]!, most);
    }
  }
  for (let row = 0; row < rows; row += 2) {
    for (let column = 2; column < columns - 2; column += 2) {
      const at = row * stride + column;
      adjustSlope(a, at + 1, a[at - 2]!, a[at]!, a[at + 2]!, most);
    }
  }
  for (let row = 2; row < rows - 2; row += 2) {
    for (let column = 2; column < columns - 2; column += 2) adjustCurvature(a, row * stride + column, stride, most);
  }
}

/** Moves the difference at `target` towards the slope from the cell before to the cell behind. */
function adjustSlope(
  a: Float64Array,
  target: number,
  before: number,
  here: number,
  behind: number,
  most: number,
): void {
  const [up, down] = [behind - here, here - before];
  const highest = 4 * Math.max(Math.min(up, down), 0);
  const lowest = 4 * Math.min(Math.max(up, down), 0);
  if (lowest >= highest) return;
  const wanted = clamp(behind - before, lowest, highest);
  a[target]! += clamp(Math.trunc((wanted - 8 * a[target]!) / 8), -most, most);
}

/** The same for the mixed difference, from the four diagonal neighbours. */
function adjustCurvature(a: Float64Array, at: number, stride: number, most: number): void {
  const two = 2 * stride;
  const here = a[at]!;
  const [mm, pm, mp, pp] = [a[at - two - 2]!, a[at + two - 2]!, a[at - two + 2]!, a[at + two + 2]!];
  const hx2 = 2 * a[at + stride]!;
  const hy2 = 2 * a[at + 1]!;
  const highest =
    16 *
    Math.min(
      Math.max(pp - here, 0) - hx2 - hy2,
      Math.max(here - pm, 0) + hx2 - hy2,
      Math.max(here - mp, 0) - hx2 + hy2,
      Math.max(mm - here, 0) + hx2 + hy2,
    );
  const lowest =
    16 *
    Math.max(
      Math.min(pp - here, 0) - hx2 - hy2,
      Math.min(here - pm, 0) + hx2 - hy2,
      Math.min(here - mp, 0) - hx2 + hy2,
      Math.min(mm - here, 0) + hx2 + hy2,
    );
  if (lowest >= highest) return;
  const wanted = clamp(pp + mm - mp - pm, lowest, highest);
  const target = at + stride + 1;
  a[target]! += clamp(Math.trunc((wanted - 64 * a[target]!) / 64), -most, most);
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.max(Math.min(value, highest), lowest);
}
