/** Sends files. XMLHttpRequest, because fetch tells nothing about how much of a body has left. */
import { csrfToken } from "../api/client.ts";
import { errorOf, noAnswer } from "../api/error.ts";

export interface Created {
  /** Files that the archive has now, also those it had before. */
  created: number;
  /** Names of their frames. */
  filenames: string[];
  errors?: string[];
  /** Names whose very bytes were here before. */
  duplicates?: string[];
}

interface RequestOptions {
  headers?: Record<string, string>;
  /** Bytes of the body that have left so far. */
  onSent: (bytes: number) => void;
  signal: AbortSignal;
}

/** The parsed answer. Rejects with an ApiError, or an AbortError when the signal says so. */
export function request<T>(
  method: "POST" | "PUT",
  path: string,
  body: FormData | Blob,
  { headers = {}, onSent, signal }: RequestOptions,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open(method, path);
    for (const [name, value] of Object.entries({ Accept: "application/json", ...headers })) {
      sending.setRequestHeader(name, value);
    }
    sending.upload.onprogress = (event) => onSent(event.loaded);
    sending.onload = () => {
      if (sending.status < 200 || sending.status > 299) {
        reject(errorOf(sending.status, sending.responseText));
        return;
      }
      try {
        resolve(JSON.parse(sending.responseText) as T);
      } catch (cause) {
        reject(noAnswer(cause));
      }
    };
    sending.onerror = () => reject(noAnswer(new Error("connection lost")));
    sending.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    signal.addEventListener("abort", () => sending.abort());
    if (signal.aborted) reject(new DOMException("cancelled", "AbortError"));
    else sending.send(body);
  });
}

/** Sends one file in one request. */
export async function sendFile(file: File, onSent: (bytes: number) => void, signal: AbortSignal): Promise<Created> {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", await csrfToken());
  body.append("file", file, file.name);
  return request("POST", "frames/create/", body, { onSent, signal });
}
