/** Codecs under their FITS names (FITS 4.0 §10.4, Table 36); each is loaded when a file first needs it. BZIP2_1, which CFITSIO knows by name and cannot decode, is none. */
import { FitsError } from "../errors.ts";
import type { Codec } from "./codec.ts";

const LOADERS: ReadonlyMap<string, () => Promise<Codec>> = new Map([
  ["RICE_1", async () => (await import("./rice.ts")).rice],
  ["RICE_ONE", async () => (await import("./rice.ts")).rice], // the name in IRAF's files
  ["GZIP_1", async () => (await import("./gzip.ts")).gzip1],
  ["GZIP_2", async () => (await import("./gzip.ts")).gzip2],
  ["PLIO_1", async () => (await import("./plio.ts")).plio],
  ["HCOMPRESS_1", async () => (await import("./hcompress.ts")).hcompress],
  ["NOCOMPRESS", async () => (await import("./gzip.ts")).nocompress],
]);

/** Throws UNSUPPORTED for a name nobody knows. */
export async function loadCodec(name: string): Promise<Codec> {
  const load = LOADERS.get(name);
  if (!load) throw new FitsError("UNSUPPORTED", `no codec for ZCMPTYPE '${name}'`, { keyword: "ZCMPTYPE" });
  return await load();
}
