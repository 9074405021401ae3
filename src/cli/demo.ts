import { createHash } from "node:crypto";
import { ArchiveClient } from "./archive-client.ts";
import type { Command } from "./command.ts";
import { DEMO_FRAMES, type DemoFrame, demoFrames } from "./demo-frames.ts";
import { inParallel, upload } from "./ingest.ts";
import { Progress } from "./progress.ts";

export const demo: Command = {
  usage: "demo",
  summary: `Fills the archive with ${DEMO_FRAMES} made-up frames: two nights of two telescopes.`,
  options: {},
  async run(_, options) {
    const archive = await ArchiveClient.connect(options);
    const progress = new Progress(DEMO_FRAMES, "Demo frames");
    const failures: string[] = [];
    let uploaded = 0;
    let present = 0;
    // The frames are made one after the other while earlier ones are on their way.
    await inParallel(demoFrames(), 3, async (frame: DemoFrame) => {
      const md5 = createHash("md5").update(frame.bytes).digest("hex");
      const outcome = await upload(archive, { name: frame.name, md5, blob: async () => new Blob([frame.bytes]) });
      if (outcome.state === "uploaded") uploaded++;
      if (outcome.state === "present") present++;
      if (outcome.state === "failed") failures.push(`${frame.name}: ${outcome.why}`);
      progress.step(frame.name);
    });
    progress.end();
    console.log(`${uploaded} demo frames uploaded, ${present} already there, ${failures.length} failed`);
    for (const failure of failures) console.error(`  ${failure}`);
    if (failures.length === 0) console.log(`Look at them: ${archive.url}`);
    return failures.length > 0 ? 1 : 0;
  },
};
