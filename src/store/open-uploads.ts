/**
 * Multipart uploads to R2 that were begun and are not ended. A Worker's binding cannot list them, and one that a killed
 * Worker left behind holds its parts for as long as R2 keeps them; so each is noted here for as long as it is open.
 */
import { Database } from "./database.ts";

export interface OpenUpload {
  key: string;
  /** R2's id of it. */
  upload: string;
  /** UTC milliseconds. */
  opened: number;
}

export type OpenUploads = ReturnType<typeof openUploads>;

export function openUploads(d1: D1Database) {
  const database = new Database(d1);
  return {
    async note({ key, upload, opened }: OpenUpload): Promise<void> {
      await database.rows("INSERT INTO open_upload (key, upload, opened) VALUES (?, ?, ?)", key, upload, opened);
    },

    async strike({ key, upload }: Pick<OpenUpload, "key" | "upload">): Promise<void> {
      await database.rows("DELETE FROM open_upload WHERE key = ? AND upload = ?", key, upload);
    },

    /** Those begun before a moment, oldest first. */
    async before(moment: number, limit: number): Promise<OpenUpload[]> {
      const sql = "SELECT key, upload, opened FROM open_upload WHERE opened < ? ORDER BY opened LIMIT ?";
      return (await database.rows(sql, moment, limit)) as unknown as OpenUpload[];
    },
  };
}

/** Notes nothing: for stores without a catalogue beside them, in benchmarks and tests. */
export const UNNOTED: OpenUploads = {
  note: async () => undefined,
  strike: async () => undefined,
  before: async () => [],
};
