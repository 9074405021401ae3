/** Once for all browser tests: an archive with a night of frames in it. */
import type { TestProject } from "vitest/node";
import { startArchive } from "./archive.ts";
import { FRAMES, fill } from "./frames.ts";

declare module "vitest" {
  interface ProvidedContext {
    url: string;
    username: string;
    password: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const archive = await startArchive();
  await fill(archive, FRAMES);
  project.provide("url", archive.url);
  project.provide("username", archive.username);
  project.provide("password", archive.password);
  return () => archive.close();
}
