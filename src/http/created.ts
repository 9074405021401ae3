/** What an upload is answered with, whether its files came in a form or in parts. */
import * as z from "zod";
import type { Archive } from "../archive/context.ts";
import { ArchiveError } from "../archive/errors.ts";
import { ingest, type Upload } from "../archive/ingest.ts";

export const CreatedSchema = z.object({
  created: z.int().openapi({ description: "Files that the archive has now, also those it had before" }),
  filenames: z.array(z.string()).openapi({ description: "Basenames of these, in the order of the files" }),
  errors: z.array(z.string()).optional().openapi({ description: "For each file refused its name and why" }),
  duplicates: z
    .array(z.string())
    .optional()
    .openapi({ description: "Basenames whose very bytes were here before; nothing was changed for them" }),
});
export type Created = z.infer<typeof CreatedSchema>;

/** Takes files one after the other: what is wrong with a file goes into the answer, what is wrong with the request is thrown. */
export class Receipt {
  readonly filenames: string[] = [];
  private readonly duplicates: string[] = [];
  private readonly errors = new Set<string>();
  /** Whether all files that were refused would be refused again. */
  final = true;

  constructor(private readonly archive: Archive) {}

  get answer(): Created {
    const { filenames, duplicates, errors } = this;
    return {
      created: filenames.length,
      filenames,
      ...(errors.size > 0 ? { errors: [...errors] } : {}),
      ...(duplicates.length > 0 ? { duplicates } : {}),
    };
  }

  /** Throws what `body` throws. */
  async take(file: Upload): Promise<void> {
    const { filename } = file;
    const content = new Passage(file.body);
    try {
      const { outcome, frame } = await ingest(this.archive, { ...file, body: content });
      this.filenames.push(frame.basename);
      if (outcome === "duplicate") this.duplicates.push(frame.basename);
    } catch (error) {
      if (content.failure !== null) throw content.failure.error;
      // The empty file input of a browser's form.
      if (filename === "" && content.size === 0) return;
      if (!(error instanceof ArchiveError) || error.code === "UNAVAILABLE") this.final = false;
      this.errors.add(`${filename === "" ? "(file without a name)" : filename}: ${causeOf(error, filename)}`);
    }
  }
}

function causeOf(error: unknown, filename: string): string {
  const known = error instanceof ArchiveError;
  if (!known || error.code === "UNAVAILABLE") {
    const cause = known && error.cause !== undefined ? error.cause : error;
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    console.error(JSON.stringify({ level: "error", message: "ingest failed", filename, error: text }));
  }
  return known ? error.message : "the archive failed on this file; its log says why";
}

/** The bytes of a file on their way to the ingest; remembers whether it was the request that failed. */
class Passage implements AsyncIterable<Uint8Array> {
  size = 0;
  failure: { error: unknown } | null = null;

  constructor(private readonly body: AsyncIterable<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const chunks = this.body[Symbol.asyncIterator]();
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        this.failure = { error };
        throw error;
      });
      if (next.done === true) return;
      this.size += next.value.length;
      yield next.value;
    }
  }
}
