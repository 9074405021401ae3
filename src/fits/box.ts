/** Boxes of an n-dimensional array, and the runs of neighbouring elements they are made of. Axis 0 is the fastest. */

/** `lo` ≤ index < `hi` on every axis. */
export interface Box {
  readonly lo: readonly number[];
  readonly hi: readonly number[];
}

/** `length` elements that are neighbours in both arrays. */
export interface Run {
  readonly source: number;
  readonly target: number;
  readonly length: number;
}

/** Elements in a box. */
export function boxSize(box: Box): number {
  return box.lo.reduce((product, lo, axis) => product * (box.hi[axis]! - lo), 1);
}

export function wholeBox(axes: readonly number[]): Box {
  return { lo: axes.map(() => 0), hi: axes };
}

/** The part two boxes have in common, or undefined. */
export function intersect(a: Box, b: Box): Box | undefined {
  const lo = a.lo.map((value, axis) => Math.max(value, b.lo[axis]!));
  const hi = a.hi.map((value, axis) => Math.min(value, b.hi[axis]!));
  return lo.every((value, axis) => value < hi[axis]!) ? { lo, hi } : undefined;
}

/**
 * The runs of `part` in an array that covers the box `source` and in one that covers the box `target` (both contain
 * `part`), in ascending order.
 */
export function* runsOf(part: Box, source: Box, target: Box): Generator<Run> {
  const count = part.lo.length;
  const extent = (box: Box, axis: number): number => box.hi[axis]! - box.lo[axis]!;
  // Leading axes that are whole in both arrays belong to one run.
  let length = extent(part, 0);
  let outer = 1;
  while (
    outer < count &&
    extent(part, outer - 1) === extent(source, outer - 1) &&
    extent(part, outer - 1) === extent(target, outer - 1)
  ) {
    length *= extent(part, outer);
    outer++;
  }
  const strides = (box: Box): number[] => {
    let stride = 1;
    return box.lo.map((_, axis) => {
      const own = stride;
      stride *= extent(box, axis);
      return own;
    });
  };
  const [sourceStride, targetStride] = [strides(source), strides(target)];
  let [from, to] = [0, 0];
  for (let axis = 0; axis < count; axis++) {
    from += (part.lo[axis]! - source.lo[axis]!) * sourceStride[axis]!;
    to += (part.lo[axis]! - target.lo[axis]!) * targetStride[axis]!;
  }
  const index = part.lo.map(() => 0);
  for (;;) {
    yield { source: from, target: to, length };
    let axis = outer;
    for (; axis < count; axis++) {
      from += sourceStride[axis]!;
      to += targetStride[axis]!;
      if (++index[axis]! < extent(part, axis)) break;
      from -= extent(part, axis) * sourceStride[axis]!;
      to -= extent(part, axis) * targetStride[axis]!;
      index[axis] = 0;
    }
    if (axis >= count) return;
  }
}
