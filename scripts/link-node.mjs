/**
 * npm 10 installs the Node that the local runtime needs (an optional dependency on Linux) but does not link its program,
 * because two packages, one an architecture, name it alike. This puts the link where npm 11 and 12 put it, so that npm
 * scripts find the newer Node first. Does nothing where the link is there or the packages are not.
 */
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = join(dirname(fileURLToPath(import.meta.url)), "..", "node_modules");
const program = join(modules, `node-${process.platform}-${process.arch}`, "bin", "node");
const link = join(modules, ".bin", "node");
if (existsSync(program) && !existsSync(link)) {
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join("..", `node-${process.platform}-${process.arch}`, "bin", "node"), link);
}
