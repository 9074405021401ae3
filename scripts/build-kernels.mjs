/**
 * Builds src/kernels/kernels.wasm from src/kernels/assembly with AssemblyScript, whose output depends on nothing but
 * its input and its version. The result is committed, so that a clone runs without this step; `--check` tells whether
 * it is what its sources give.
 */
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "assemblyscript/asc";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const target = join(root, "src/kernels/kernels.wasm");
let built;

const { error, stderr } = await main(
  [
    "src/kernels/assembly/index.ts",
    ...["--outFile", "kernels.wasm", "-O3", "--noAssert", "--runtime", "stub", "--enable", "simd"],
    ...["--initialMemory", "2"],
  ],
  {
    readFile: (name, base) => readFile(join(root, base === "." ? "" : base, name), "utf8").catch(() => null),
    writeFile: (_name, contents) => {
      built = contents;
    },
  },
);
if (error) {
  console.error(stderr.toString());
  process.exit(1);
}

if (process.argv.includes("--check")) {
  const committed = await readFile(target);
  if (Buffer.compare(committed, built) !== 0) {
    console.error("src/kernels/kernels.wasm is not what src/kernels/assembly gives: run `npm run build:kernels`.");
    process.exit(1);
  }
  console.log("src/kernels/kernels.wasm is what its sources give.");
} else {
  await writeFile(target, built);
  console.log(`src/kernels/kernels.wasm: ${built.length} bytes`);
}
