/**
 * Sends a file beyond one request in parts (`/uploads/`), each with its checksum. Where an upload got to is asked of
 * the archive, so that a retry, also after this page was closed, sends only what is missing.
 */
import { csrfToken, getJson, send } from "../api/client.ts";
import { ApiError } from "../api/error.ts";
import { recall, remember } from "../design/memory.ts";
import { md5Of } from "./digest.ts";
import { type Created, request } from "./send.ts";

/** What fits one request on most plans of Cloudflare is 100 MB; the form around a file takes a little. */
export const LARGE = 95e6;

/** Parts on their way at a time. */
const PARALLEL = 3;
/** How often a part is sent before the file counts as failed. */
const TRIES = 3;

interface Upload {
  id: string;
  part_size: number;
  parts: number;
  /** Numbers of the parts that are there, from 1. */
  received: number[];
}

interface Options {
  /** Of the whole file: what is kept of an upload is kept under it. */
  md5: string;
  /** Bytes that are there or have left. */
  onSent: (bytes: number) => void;
  /** Resolves when parts may be sent: at once, unless the queue is paused. */
  going: (signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
}

/** The upload that was begun before, if the archive still has it; else a new one. */
async function begin(file: File, memory: string, signal: AbortSignal): Promise<Upload> {
  const id = recall(memory);
  if (id !== null) {
    try {
      return await getJson<Upload>(`uploads/${encodeURIComponent(id)}/`, signal);
    } catch (cause) {
      if (!(cause instanceof ApiError) || cause.kind !== "missing") throw cause;
    }
  }
  const upload = await send<Upload>("POST", "uploads/", { filename: file.name, size: file.size });
  remember(memory, upload.id);
  return upload;
}

/** Rejects with an ApiError, or an AbortError when the signal says so; the archive then drops what it has. */
export async function sendInParts(file: File, { md5, onSent, going, signal }: Options): Promise<Created> {
  const memory = `upload.${md5}`;
  const upload = await begin(file, memory, signal);
  const drop = () => {
    remember(memory, null);
    // What cannot be dropped now expires by itself.
    send("DELETE", `uploads/${upload.id}/`).catch(() => {});
  };
  signal.addEventListener("abort", drop, { once: true });
  const sizeOf = (part: number) => Math.min(upload.part_size, file.size - (part - 1) * upload.part_size);
  const sent = new Map(upload.received.map((part) => [part, sizeOf(part)]));
  const tell = () => onSent([...sent.values()].reduce((sum, bytes) => sum + bytes, 0));
  const missing = Array.from({ length: upload.parts }, (_, index) => index + 1).filter((part) => !sent.has(part));
  const queue = missing.values();
  /** One part that cannot be sent ends the others as well. */
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);

  const sendPart = async (part: number) => {
    const start = (part - 1) * upload.part_size;
    const blob = file.slice(start, start + sizeOf(part));
    const digest = await md5Of(blob);
    const headers = {
      "X-CSRFToken": await csrfToken(),
      "Content-Type": "application/octet-stream",
      "Content-MD5": base64(digest),
    };
    for (let tries = 1; ; tries++) {
      try {
        await request("PUT", `uploads/${upload.id}/parts/${part}/`, blob, {
          headers,
          onSent: (bytes) => {
            sent.set(part, bytes);
            tell();
          },
          signal: either,
        });
        return;
      } catch (cause) {
        const again = cause instanceof ApiError && (cause.kind === "server" || cause.kind === "offline");
        if (!again || tries === TRIES) throw cause;
      }
    }
  };
  const work = async () => {
    for (const part of queue) {
      await going(either);
      await sendPart(part);
    }
  };
  tell();
  try {
    await Promise.all(Array.from({ length: PARALLEL }, work));
  } catch (cause) {
    failed.abort();
    throw cause;
  }
  const created = await send<Created>("POST", `uploads/${upload.id}/complete/`);
  signal.removeEventListener("abort", drop);
  remember(memory, null);
  return created;
}

/** The bytes that hexadecimal digits stand for, in Base64. */
function base64(hex: string): string {
  return btoa(hex.replace(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16))));
}
