import { ArchiveClient } from "./archive-client.ts";
import type { Command } from "./command.ts";

interface FileReport {
  /** Objects in R2 that no version refers to, and versions whose object is not there. */
  orphans: { key: string; size: number; uploaded: string }[];
  missing: { key: string; frame: number; version: number }[];
  /** Multipart uploads to R2 that are on their way, or were left by a server that died. */
  open: { key: string; opened: string }[];
}

interface CounterReport {
  differences: { counter: string; kept: number; counted: number }[];
}

export const check: Command = {
  usage: "check [--files] [--counters] [--repair]",
  summary: "Compares files with the catalogue and the catalogue's counters with its frames.",
  options: {
    files: { type: "boolean", value: "", help: "only the files" },
    counters: { type: "boolean", value: "", help: "only the counters" },
    repair: { type: "boolean", value: "", help: "write the counters anew where they differ" },
  },
  async run(_, options) {
    const archive = await ArchiveClient.connect(options);
    const both = options.files !== true && options.counters !== true;
    let faults = 0;
    if (both || options.files === true) {
      const { orphans, missing, open } = await archive.json<FileReport>("admin/api/check/files/");
      console.log(`${orphans.length} files that nothing refers to`);
      for (const { key, size, uploaded } of orphans) console.log(`  ${key}  ${size} bytes, ${uploaded}`);
      console.log(`${missing.length} versions whose file is not there`);
      for (const { key, frame, version } of missing) console.log(`  ${key}  frame ${frame}, version ${version}`);
      console.log(`${open.length} uploads to R2 that are not ended (the upkeep drops them after UPLOAD_SECONDS)`);
      for (const { key, opened } of open) console.log(`  ${key}  since ${opened}`);
      faults += missing.length;
    }
    if (both || options.counters === true) {
      const method = options.repair === true ? "POST" : "GET";
      const { differences } = await archive.json<CounterReport>("admin/api/check/counters/", { method });
      console.log(`${differences.length} counters that differ${options.repair === true ? ", written anew" : ""}`);
      for (const { counter, kept, counted } of differences)
        console.log(`  ${counter}: ${kept} kept, ${counted} counted`);
      if (options.repair !== true) faults += differences.length;
    }
    return faults > 0 ? 1 : 0;
  },
};
