/** Pixels of the archive's files, read in a Web Worker that lives as long as the viewer. */
import type { Frame } from "../api/frame.ts";
import type { LoadedImage, OpenRequest, ViewerAnswer, ViewerRequest } from "./message.ts";

interface Waiting {
  resolve(image: LoadedImage): void;
  reject(error: Error): void;
  tell(progress: number): void;
}

export class PixelReader {
  readonly #worker = new Worker(new URL("./viewer-worker.ts", import.meta.url), { type: "module" });
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<ViewerAnswer>) => {
      const waiting = this.#waiting.get(data.id);
      if (waiting === undefined) return;
      if ("progress" in data) {
        waiting.tell(data.progress);
        return;
      }
      this.#waiting.delete(data.id);
      if ("image" in data) waiting.resolve(data.image);
      else waiting.reject(new Error(data.error));
    };
    this.#worker.onerror = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("The browser could not start the reader."));
      this.#waiting.clear();
    };
  }

  /** Throws an Error whose message says what is wrong with the file or the way to it. */
  read(open: OpenRequest, tell: (progress: number) => void = () => {}): Promise<LoadedImage> {
    return new Promise((resolve, reject) => {
      const id = ++this.#last;
      this.#waiting.set(id, { resolve, reject, tell });
      this.#worker.postMessage({ id, open } satisfies ViewerRequest);
    });
  }

  close(): void {
    this.#worker.terminate();
    this.#waiting.clear();
  }
}

/** What to ask for to get the image of a frame. */
export function openingOf(
  frame: Pick<Frame, "id" | "size" | "filename">,
  version: number | null,
  choice: { hdu: number | null; plane: number; mostPixels: number },
): OpenRequest {
  return {
    url: `/frames/${frame.id}/download/${version === null ? "" : `?version=${version}`}`,
    size: frame.size,
    gzip: frame.filename.endsWith(".gz"),
    ...choice,
  };
}
