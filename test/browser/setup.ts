/** Once for all browser tests: an archive with a night of frames in it. */
import type { TestProject } from "vitest/node";
import { startArchive } from "./archive.ts";
import { fill, firstNight } from "./frames.ts";

declare module "vitest" {
  interface ProvidedContext {
    url: string;
    username: string;
    password: string;
    /** What the archive holds when the tests begin. */
    names: string[];
    /** A raw and a reduced frame of an object among them. */
    raw: string;
    reduced: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const archive = await startArchive();
  const frames = firstNight();
  await fill(archive, frames);
  project.provide("url", archive.url);
  project.provide("username", archive.username);
  project.provide("password", archive.password);
  const nameOf = (ending: string) => frames.find(({ name }) => name.endsWith(ending))!.name;
  project.provide(
    "names",
    frames.map(({ name }) => name),
  );
  project.provide("raw", nameOf("o00.fits"));
  project.provide("reduced", nameOf("o01.fits"));
  return () => archive.close();
}
