/**
 * How sharply a moving image is drawn: as sharply as it can be at 60 frames a second. A browser whose graphics card is a
 * processor in truth takes longer for a large canvas; what it cannot draw in time it draws coarser, until the image
 * rests. Pure: it is told when frames are.
 */

/** Milliseconds of a frame at 60 a second, and from when on one counts as late. */
const FRAME = 1000 / 60;
const LATE = 1.3 * FRAME;
/** Frames that are looked at; two of them late are not by chance. */
const WINDOW = 5;
/** Pixels of the canvas's sides that are kept at least. */
const COARSEST = 0.25;
/** Frames in time after which a finer one is tried; twice as many each time that it fails. */
const PATIENCE = 90;

export class Pace {
  #sharpness = 1;
  #last: number | null = null;
  #window: number[] = [];
  #inTime = 0;
  #patience = PATIENCE;
  /** A finer one is being tried. */
  #trying = false;

  /** Of the canvas's pixels along each side, the part that is drawn while the image moves: 1 is all. */
  get sharpness(): number {
    return this.#sharpness;
  }

  /** A frame begins while the image moves; `now` in ms. */
  frame(now: number): void {
    const took = this.#last === null ? 0 : now - this.#last;
    this.#last = now;
    if (took === 0) return;
    this.#window.push(took);
    if (this.#window.length > WINDOW) this.#window.shift();
    this.#inTime = took > LATE ? 0 : this.#inTime + 1;
    const late = this.#window.filter((one) => one > LATE);
    if (late.length >= 2) this.#coarser(late);
    else if (this.#sharpness < 1 && this.#inTime >= this.#patience) this.#finer();
  }

  /** The image rests: the next frame says nothing about how long one takes. */
  rest(): void {
    this.#last = null;
    this.#window = [];
  }

  #coarser(late: number[]): void {
    // What takes twice as long has room for half of the pixels, if they are what takes long.
    const fitting = Math.sqrt(FRAME / Math.min(...late));
    this.#sharpness = Math.max(COARSEST, this.#sharpness * Math.min(0.8, Math.max(0.5, fitting)));
    if (this.#trying) this.#patience *= 2;
    this.#trying = false;
    this.#window = [];
    this.#inTime = 0;
  }

  #finer(): void {
    this.#sharpness = Math.min(1, this.#sharpness * 1.25);
    this.#trying = true;
    this.#inTime = 0;
    this.#window = [];
  }
}
