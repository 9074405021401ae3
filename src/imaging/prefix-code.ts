/** Prefix codes with a longest length (Huffman's), as JPEG and WebP write them: by the lengths of their codes alone. */

/**
 * Length of each symbol's code, 1 to `most` bits; 0 for symbols that do not occur. Shortest in all, unless the counts
 * are so uneven that a code would be longer than `most`: they are then made more even until none is. A lone symbol gets
 * 1 bit.
 */
export function codeLengths(counts: ArrayLike<number>, most: number): Uint8Array {
  const weights = Float64Array.from(counts);
  for (;;) {
    const lengths = shortestLengths(weights);
    if (lengths.every((length) => length <= most)) return lengths;
    for (let i = 0; i < weights.length; i++) weights[i] = Math.ceil(weights[i]! / 2);
  }
}

/** Huffman's construction: of all trees the two lightest become one, until there is one. */
function shortestLengths(weights: Float64Array): Uint8Array {
  const lengths = new Uint8Array(weights.length);
  // Trees that were joined come in ascending order of weight too, so the two queues need no heap.
  const single = [...weights.keys()].filter((symbol) => weights[symbol]! > 0);
  single.sort((a, b) => weights[a]! - weights[b]!);
  if (single.length === 1) lengths[single[0]!] = 1;
  const leaves = single.map((symbol) => ({ weight: weights[symbol]!, symbols: [symbol] }));
  const joined: typeof leaves = [];
  const lightest = (): (typeof leaves)[number] =>
    (leaves[0]?.weight ?? Number.POSITIVE_INFINITY) <= (joined[0]?.weight ?? Number.POSITIVE_INFINITY)
      ? leaves.shift()!
      : joined.shift()!;
  while (leaves.length + joined.length > 1) {
    const [a, b] = [lightest(), lightest()];
    const symbols = [...a.symbols, ...b.symbols];
    for (const symbol of symbols) lengths[symbol]!++;
    joined.push({ weight: a.weight + b.weight, symbols });
  }
  return lengths;
}

/** The codes of those lengths, first bit highest: in ascending order of length, then of symbol (RFC 1951 §3.2.2). */
export function canonicalCodes(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= 16; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) if (lengths[symbol] === length) codes[symbol] = code++;
    code <<= 1;
  }
  return codes;
}
