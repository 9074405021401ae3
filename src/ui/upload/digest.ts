/** MD5 of a file, digested in a Web Worker that is started at the first file. */
import { noAnswer } from "../api/error.ts";
import { orIncomplete } from "../api/piece.ts";
import type { DigestAnswer, DigestRequest } from "./md5-worker.ts";

let worker: Worker | null = null;
let last = 0;
const waiting = new Map<number, { resolve: (md5: string) => void; reject: (cause: Error) => void }>();

function start(): Worker {
  const started = new Worker(new URL("./md5-worker.ts", import.meta.url), { type: "module" });
  started.onmessage = (event: MessageEvent<DigestAnswer>) => {
    const answer = event.data;
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("md5" in answer) asked?.resolve(answer.md5);
    else asked?.reject(new Error(answer.error));
  };
  // What goes wrong in it is caught there: this is that its script did not come.
  started.onerror = async () => {
    worker = null; // the next file tries anew
    const asked = [...waiting.values()];
    waiting.clear();
    const why = await orIncomplete(noAnswer(new Error("no script")));
    for (const { reject } of asked) reject(why);
  };
  return started;
}

/** Rejects where the file cannot be read (it was moved, or its disk is gone). */
export function md5Of(file: Blob): Promise<string> {
  worker ??= start();
  const id = ++last;
  const request: DigestRequest = { id, file };
  worker.postMessage(request);
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}
