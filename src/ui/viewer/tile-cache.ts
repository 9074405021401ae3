/** Which tile of a large image lies in which slot of the graphics card's memory; the longest unused makes room. Pure. */
import { type Camera, type Size, toImage } from "./camera.ts";

/** Pixels along a tile's sides. */
export const TILE = 512;

export class TileCache {
  readonly columns: number;
  readonly rows: number;
  /** Slots by tile (row by row), the longest unused first. */
  readonly #slots = new Map<number, number>();
  #free: number[];

  constructor(image: Size, slots: number) {
    this.columns = Math.ceil(image.width / TILE);
    this.rows = Math.ceil(image.height / TILE);
    this.#free = Array.from({ length: slots }, (_, slot) => slots - 1 - slot);
  }

  /** The slot of a tile that is there, which counts as used now; null otherwise. */
  find(tile: number): number | null {
    const slot = this.#slots.get(tile);
    if (slot === undefined) return null;
    this.#slots.delete(tile);
    this.#slots.set(tile, slot);
    return slot;
  }

  /** A slot for a tile that is not there, and the tile that lost it, if any. */
  place(tile: number): { slot: number; lost: number | null } {
    let lost: number | null = null;
    let slot = this.#free.pop();
    if (slot === undefined) {
      [lost, slot] = this.#slots.entries().next().value!;
      this.#slots.delete(lost);
    }
    this.#slots.set(tile, slot);
    return { slot, lost };
  }

  /** The tiles that a view shows, those in its middle first. */
  visible(camera: Camera, canvas: Size): number[] {
    const corners = [
      [0, 0],
      [canvas.width, 0],
      [0, canvas.height],
      [canvas.width, canvas.height],
    ].map(([px, py]) => toImage(camera, canvas, px!, py!));
    const range = (axis: 0 | 1, count: number): [number, number] => {
      const values = corners.map((corner) => (corner[axis] - 0.5) / TILE);
      return [Math.max(0, Math.floor(Math.min(...values))), Math.min(count - 1, Math.floor(Math.max(...values)))];
    };
    const [[left, right], [low, high]] = [range(0, this.columns), range(1, this.rows)];
    const tiles: { tile: number; distance: number }[] = [];
    for (let row = low; row <= high; row++) {
      for (let column = left; column <= right; column++) {
        const distance = Math.hypot((column + 0.5) * TILE - camera.x, (row + 0.5) * TILE - camera.y);
        tiles.push({ tile: row * this.columns + column, distance });
      }
    }
    return tiles.sort((a, b) => a.distance - b.distance).map(({ tile }) => tile);
  }
}
