import { expect, it } from "vitest";
import { verifyChecksum } from "../../src/fits/checksum.ts";
import { FitsError } from "../../src/fits/errors.ts";
import { openFits } from "../../src/fits/file.ts";
import { readImage, visitRows } from "../../src/fits/image.ts";
import { MemorySource } from "../../src/fits/memory-source.ts";
import type { Kernels } from "../../src/fits/runtime.ts";
import { Table } from "../../src/fits/table.ts";
import type { Strictness } from "../../src/fits/warning.ts";
import { kernels } from "../../src/kernels/worker.ts";
import { fixture } from "../fixture.ts";

const CASES = 3000;
const FILES = [
  "header-zoo.fits",
  "table-zoo.fits",
  "table-ascii.fits",
  "checksum.fits",
  "cube-4d.fits",
  "blank-scaled-i2.fits",
  "rice-u1.fits.fz",
  "rice-i2-tiles.fits.fz",
  "rice-f4.fits.fz",
  "gzip1-u2-tiles.fits.fz",
  "gzip2-f8-whole.fits.fz",
  "fallback-gzip.fits.fz",
  "blank-column.fits.fz",
  "blank-tiles-i2.fits.fz",
  "hcomp-i4.fits.fz",
  "hcomp-u2-smooth1.fits.fz",
  "plio-i2-tiles.fits.fz",
  "cube-deep.fits.fz",
  "descriptors-q.fits.fz",
];
/** What a value of a card is changed to. */
const VALUES = [
  "0",
  "-1",
  "2147483647",
  "-2147483648",
  "99999999999999999999",
  "T",
  "'x'",
  "1.5",
  "1E30",
  "",
  "3",
  "64",
];
const STRICTNESS: Strictness[] = ["fix", "warn", "refuse"];

/** Mulberry32: the same cases on every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** One to four changes of one kind: bytes, values of cards, the end cut off, runs of noise, cards swapped. */
function mutate(base: Uint8Array, next: (below: number) => number): Uint8Array {
  let bytes = base.slice();
  const kind = next(5);
  for (let change = next(4); change >= 0 && bytes.length > 160; change--) {
    const at = next(bytes.length);
    const line = at - (at % 80);
    if (kind === 0) bytes[at] = next(256);
    else if (kind === 1) {
      const card = `= ${VALUES[next(VALUES.length)]!.padStart(20)}`.padEnd(72);
      if (bytes[line + 8] === 0x3d)
        for (let column = 0; column < 72; column++) bytes[line + 8 + column] = card.charCodeAt(column);
    } else if (kind === 2) bytes = bytes.slice(0, at);
    else if (kind === 3) for (let index = next(64); index >= 0; index--) bytes[at + index] = next(256);
    else bytes.copyWithin(line, next(Math.floor(bytes.length / 80)) * 80, line + 80);
  }
  return bytes;
}

/** Reads everything there is. */
async function readAll(bytes: Uint8Array, strictness: Strictness, kernels: Partial<Kernels>): Promise<void> {
  const file = await openFits(new MemorySource(bytes), { strictness, kernels, maxBytes: 2 ** 24 });
  for (const hdu of await file.hdus()) {
    await verifyChecksum(hdu);
    if (hdu.image) {
      await readImage(hdu);
      await visitRows(hdu, {}, (block) => expect(block.data).toHaveLength(block.rows * block.width));
    } else if (hdu.kind === "bintable" || hdu.kind === "table") {
      for await (const batch of new Table(hdu).rows()) expect(batch.first).toBeGreaterThanOrEqual(0);
    }
  }
}

it(`reads or refuses ${CASES} damaged files, always with a FitsError`, async () => {
  const next = random(20240115);
  const bases = await Promise.all(FILES.map((name) => fixture(`fits/${name}`)));
  const counts: Record<string, number> = {};
  for (let index = 0; index < CASES; index++) {
    const which = next(bases.length);
    const bytes = mutate(bases[which]!, next);
    let answer = "ok";
    try {
      await readAll(bytes, STRICTNESS[next(3)]!, index % 2 === 0 ? kernels : {});
    } catch (error) {
      if (!(error instanceof FitsError)) throw new Error(`case ${index}, ${FILES[which]}`, { cause: error });
      answer = error.code;
    }
    counts[answer] = (counts[answer] ?? 0) + 1;
  }
  // Both outcomes must occur often, or nothing was tried.
  expect(counts.ok).toBeGreaterThan(CASES / 10);
  for (const code of ["TRUNCATED", "BAD_VALUE", "CORRUPT", "BAD_CARD"]) expect(counts[code]).toBeGreaterThan(10);
});
