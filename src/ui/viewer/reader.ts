/** Pixels of the archive's files, read in a Web Worker that lives as long as the viewer. */
import type { Frame } from "../api/frame.ts";
import { orIncomplete } from "../api/piece.ts";
import type { LoadedImage, OpenRequest, ViewerAnswer, ViewerRequest } from "./message.ts";
import { Painter } from "./painter.ts";

interface Waiting {
  resolve(image: LoadedImage): void;
  reject(error: Error): void;
  tell(progress: number): void;
}

/** The pixels cannot be drawn in this browser, and need not be read. */
export class NoWebGl extends Error {
  override readonly name = "NoWebGl";
  constructor() {
    super("This browser has no WebGL2.");
  }
}

export class PixelReader {
  readonly #worker = new Worker(new URL("./viewer-worker.ts", import.meta.url), { type: "module" });
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  /** Undefined: nobody has asked for one yet; null: there is none, or it was taken. */
  #painter: Painter | null | undefined;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<ViewerAnswer>) => {
      if (data === "reading") {
        this.#prepare();
        return;
      }
      const waiting = this.#waiting.get(data.id);
      if (waiting === undefined) return;
      if ("progress" in data) {
        waiting.tell(data.progress);
        return;
      }
      this.#waiting.delete(data.id);
      if ("image" in data) waiting.resolve(data.image);
      else void orIncomplete(new Error(data.error)).then(waiting.reject);
    };
    this.#worker.onerror = async () =>
      this.#fail(await orIncomplete(new Error("The browser could not start the reader.")));
  }

  /** Makes a painter, which takes a browser a good part of a second when it is the first to draw: the file is on its way. */
  #prepare(): void {
    if (this.#painter !== undefined) return;
    this.#painter = Painter.create();
    if (this.#painter === null) this.#fail(new NoWebGl());
    else this.#say({ longestSide: this.#painter.longestSide });
  }

  /** The painter that was made while the file came, or another where that was taken; null where there is none to be had. */
  takePainter(): Painter | null {
    const painter = this.#painter ?? Painter.create();
    this.#painter = null;
    return painter;
  }

  #say(request: ViewerRequest): void {
    this.#worker.postMessage(request);
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  /** Throws NoWebGl, or an Error whose message says what is wrong with the file or the way to it. */
  read(open: OpenRequest, tell: (progress: number) => void = () => {}): Promise<LoadedImage> {
    return new Promise((resolve, reject) => {
      const id = ++this.#last;
      this.#waiting.set(id, { resolve, reject, tell });
      this.#say({ id, open });
    });
  }

  close(): void {
    this.#worker.terminate();
    this.#waiting.clear();
    this.#painter?.close();
  }
}

/**
 * Most pixels of an image that this device may be asked to hold: 2^28 where it has 8 GB of memory or does not say, in
 * proportion below. With its smaller copies, a float of each takes a sixth of the memory.
 */
function mostPixelsHere(): number {
  const { deviceMemory = 8 } = navigator as Navigator & { deviceMemory?: number };
  return Math.floor(deviceMemory * 2 ** 25);
}

/** What to ask for to get the image of a frame. */
export function openingOf(
  frame: Pick<Frame, "id" | "version_set">,
  version: number | null,
  choice: Partial<Pick<OpenRequest, "hdu" | "plane" | "around">> = {},
): OpenRequest {
  // As it is kept: of a gzip the archive would have to inflate what lies before each range.
  const query = `format=stored${version === null ? "" : `&version=${version}`}`;
  const [stored] = frame.version_set;
  return {
    // For a Web Worker, whose own address is that of its script.
    url: new URL(`frames/${frame.id}/download/?${query}`, document.baseURI).href,
    size: stored!.size,
    gzip: stored!.extension.endsWith(".gz"),
    hdu: null,
    plane: 0,
    around: null,
    mostPixels: mostPixelsHere(),
    ...choice,
  };
}
