import { createInterface } from "node:readline/promises";
import { ArchiveClient } from "./archive-client.ts";
import { type Command, UsageError } from "./command.ts";

interface Found {
  id: number;
  basename: string;
  filename: string;
}

/** The name that the archive knows a frame by: what people paste may carry folders and extensions. */
function basenameOf(name: string): string {
  return name.replace(/^.*[/\\]/, "").replace(/(\.(fits|fit|fts|fz|gz))+$/i, "");
}

export const remove: Command = {
  usage: "delete NAME… [--yes]",
  summary: "Deletes frames with all their versions, after asking.",
  options: { yes: { type: "boolean", value: "", help: "do not ask" } },
  async run(names, options) {
    if (names.length === 0) throw new UsageError("Name at least one frame to delete.");
    const archive = await ArchiveClient.connect(options);
    const found: Found[] = [];
    const missing: string[] = [];
    for (const name of names) {
      const query = new URLSearchParams({ basename_exact: basenameOf(name), limit: "1" });
      const { results } = await archive.json<{ results: Found[] }>(`frames/?${query}`);
      if (results[0]) found.push(results[0]);
      else missing.push(name);
    }
    for (const name of missing) console.error(`There is no frame "${name}".`);
    if (found.length === 0) return 1;

    if (options.yes !== true) {
      for (const frame of found) console.log(`  ${frame.filename}  (frame ${frame.id})`);
      if (!process.stdin.isTTY) throw new UsageError("Nobody is there to ask: add --yes to delete without a question.");
      const prompt = createInterface({ input: process.stdin, output: process.stdout });
      const answer = await prompt.question(
        `Delete ${found.length === 1 ? "it" : `these ${found.length}`} for good? [y/N] `,
      );
      prompt.close();
      if (!/^y(es)?$/i.test(answer.trim())) {
        console.log("Nothing was deleted.");
        return 1;
      }
    }
    for (const frame of found) {
      await archive.request(`frames/${frame.id}/delete/`, { method: "DELETE" });
      console.log(`deleted ${frame.basename}`);
    }
    return missing.length > 0 ? 1 : 0;
  },
};
