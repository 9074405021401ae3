/** Digests files off the page's thread: takes `{id, file}`, answers `{id, md5}` or `{id, error}`. */
import { Md5 } from "./md5.ts";

export interface DigestRequest {
  id: number;
  file: Blob;
}
export type DigestAnswer = { id: number; md5: string } | { id: number; error: string };

const PIECE = 4 * 1024 * 1024;

self.onmessage = async (event: MessageEvent<DigestRequest>) => {
  const { id, file } = event.data;
  let answer: DigestAnswer;
  try {
    const md5 = new Md5();
    for (let at = 0; at < file.size; at += PIECE) {
      md5.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
    }
    answer = { id, md5: md5.hex() };
  } catch (cause) {
    answer = { id, error: cause instanceof Error ? cause.message : String(cause) };
  }
  self.postMessage(answer);
};
