/** Pixels that benchmarks decode, draw and show: the same in every run. */
import { Random } from "../src/cli/demo-sky.ts";

/** `size`² pixels of sky with Gaussian noise of 12 counts, and 4000 stars. */
export function sky(size) {
  const random = new Random(20240115);
  const pixels = new Float32Array(size * size);
  for (let i = 0; i < pixels.length; i++) {
    // The sum of four uniform numbers has a variance of a third.
    const sum = random.uniform() + random.uniform() + random.uniform() + random.uniform() - 2;
    pixels[i] = 1000 + 12 * Math.sqrt(3) * sum;
  }
  for (let star = 0; star < 4000; star++) {
    const [x, y] = [random.uniform(), random.uniform()].map((u) => 16 + Math.floor(u * (size - 32)));
    const peak = 10 ** (0.5 + 4 * random.uniform());
    for (let dy = -12; dy <= 12; dy++) {
      for (let dx = -12; dx <= 12; dx++) {
        pixels[(y + dy) * size + x + dx] += peak * Math.exp(-(dx * dx + dy * dy) / 9.7);
      }
    }
  }
  return pixels;
}
