/** Sends one file. XMLHttpRequest, because fetch tells nothing about how much of a body has left. */
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

/** `onSent`: bytes that have left so far. Rejects with an ApiError, or an AbortError when the signal says so. */
export async function sendFile(file: File, onSent: (bytes: number) => void, signal: AbortSignal): Promise<Created> {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", await csrfToken());
  body.append("file", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/frames/create/");
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => onSent(event.loaded);
    request.onload = () => {
      if (request.status < 200 || request.status > 299) {
        reject(errorOf(request.status, request.responseText));
        return;
      }
      try {
        resolve(JSON.parse(request.responseText) as Created);
      } catch (cause) {
        reject(noAnswer(cause));
      }
    };
    request.onerror = () => reject(noAnswer(new Error("connection lost")));
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    if (signal.aborted) reject(new DOMException("cancelled", "AbortError"));
    else request.send(body);
  });
}
