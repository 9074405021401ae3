import { useEffect, useState } from "preact/hooks";
import type { LoadedImage, OpenRequest, ViewerAnswer } from "./message.ts";

export type Loading =
  | { state: "loading" }
  | { state: "failed"; message: string }
  | { state: "ready"; image: LoadedImage };

/** The pixels of an image, read in a Web Worker that lives as long as they are wanted. */
export function useImage(request: OpenRequest): Loading {
  const [loading, setLoading] = useState<Loading>({ state: "loading" });
  const key = JSON.stringify(request);
  useEffect(() => {
    setLoading({ state: "loading" });
    const worker = new Worker(new URL("./viewer-worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = (event: MessageEvent<ViewerAnswer>) => {
      const answer = event.data;
      setLoading(
        "image" in answer ? { state: "ready", image: answer.image } : { state: "failed", message: answer.error },
      );
      worker.terminate();
    };
    worker.onerror = () => setLoading({ state: "failed", message: "The browser could not start the reader." });
    worker.postMessage(JSON.parse(key));
    return () => worker.terminate();
  }, [key]);
  return loading;
}
