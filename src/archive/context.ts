/** What a use case works with. Made once a request, queue batch or scheduled run; tests give their own parts. */
import { type Config, config } from "../config.ts";
import type { Catalogue } from "../store/catalogue.ts";
import { openCatalogue } from "../store/d1-catalogue.ts";
import type { WorkKind } from "../store/due-work.ts";
import { type FileStore, fileStore } from "../store/files.ts";
import { openUploads } from "../store/open-uploads.ts";

/** Work that may happen after the answer. Each kind may be done twice without harm. */
export type WorkItem = { kind: WorkKind; id: number; version: number };

export interface Archive {
  config: Config;
  catalogue: Catalogue;
  files: FileStore;
  /** Where `archive/work.ts` puts what the queue consumer does. */
  queue: Pick<Queue<WorkItem>, "sendBatch">;
}

/** The archive of this Worker. Throws ConfigError. */
export function archiveOf(env: Env): Archive {
  return {
    config: config(env),
    catalogue: openCatalogue(env.DB),
    files: fileStore(env.FILES, openUploads(env.DB)),
    queue: env.WORK as Queue<WorkItem>,
  };
}
