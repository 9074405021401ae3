import { describe, expect, it } from "vitest";
import { addSums, Checksum, encodeChecksum, setChecksum, verifyChecksum } from "../../src/fits/checksum.ts";
import { openFits } from "../../src/fits/file.ts";
import { Header } from "../../src/fits/header.ts";
import { MemorySource } from "../../src/fits/memory-source.ts";
import { Table } from "../../src/fits/table.ts";
import { fixture, fixtureJson } from "../fixture.ts";
import { type Expected, plain } from "./bytes.ts";

const { tables } = await fixtureJson<Expected>("fits/expected.json");

async function openTable(name: string, bytes?: Uint8Array): Promise<Table> {
  const file = await openFits(new MemorySource(bytes ?? (await fixture(`fits/${name}`))));
  return new Table(await file.hdu(1));
}

describe("tables against astropy", () => {
  it.each(Object.entries(tables))("%s", async (name, expected) => {
    const table = await openTable(name);
    expect(table.columns.map((column) => column.name)).toEqual(Object.keys(expected.columns));
    expect(table.columns.map((column) => column.unit)).toEqual(expected.units);
    for (const [column, values] of Object.entries(expected.columns)) {
      if (column === "EMPTY") continue; // astropy gives no rows at all for 0E
      const blank = table.column(column).null;
      const wanted = values.map((value) => (blank !== undefined && value === blank ? null : value)); // raw in astropy
      expect(plain(await table.cells(column)), column).toEqual(wanted);
    }
  });
});

describe("table access", () => {
  it("streams rows of the columns asked for, in the order asked for", async () => {
    const table = await openTable("table-zoo.fits");
    const rows: unknown[] = [];
    for await (const batch of table.rows({ columns: ["VARINT", "short", "NAME"], first: 1, count: 3 })) {
      expect(batch.first).toBe(1);
      rows.push(...batch.rows);
    }
    expect(rows).toEqual([
      [[-3], -2, "bc"],
      [[-3, 4], -1, " d"],
      [[-3, 4, 11], 0, ""],
    ]);
    expect(await table.cells("EMPTY")).toEqual([[], [], [], [], [], []]);
  });

  it("gives numbers with NaN for what is undefined, and refuses text", async () => {
    const table = await openTable("table-scaled.fits");
    expect([...(await table.numbers("NULLS"))]).toEqual([1, Number.NaN, 3, Number.NaN, 5, 6]);
    await expect((await openTable("table-zoo.fits")).numbers("NAME")).rejects.toMatchObject({ code: "BAD_VALUE" });
    expect(() => table.column("NOPE")).toThrow("no column NOPE");
  });

  it("knows TDIM and units", async () => {
    const table = await openTable("table-zoo.fits");
    expect(table.column("MATRIX")).toMatchObject({ dims: [3, 2], format: { type: "I", repeat: 6 } });
    expect(table.column("DOUBLE")).toMatchObject({ unit: "deg", display: "F10.5" });
  });

  it("refuses an array outside the heap and columns wider than the row", async () => {
    const bytes = (await fixture("fits/table-zoo.fits")).slice();
    const hdu = await (await openFits(new MemorySource(bytes))).hdu(1);
    const { offset } = new Table(hdu).column("VARINT");
    const broken = bytes.slice();
    broken.fill(0x7f, hdu.dataOffset + offset, hdu.dataOffset + offset + 4);
    await expect((await openTable("", broken)).cells("VARINT")).rejects.toMatchObject({ code: "CORRUPT" });
    const text = String.fromCharCode(...bytes).replace(/TFORM22 = '0E /, "TFORM22 = '9E ");
    await expect(
      openTable(
        "",
        Uint8Array.from(text, (char) => char.charCodeAt(0)),
      ),
    ).rejects.toMatchObject({
      code: "BAD_VALUE",
    });
  });

  it("takes no image for a table", async () => {
    const file = await openFits(new MemorySource(await fixture("fits/plain-int16.fits")));
    const hdu = await file.hdu(0);
    expect(() => new Table(hdu)).toThrow("no table");
  });
});

describe("CHECKSUM and DATASUM", () => {
  it("agrees with astropy's, and notices one changed byte", async () => {
    const bytes = (await fixture("fits/checksum.fits")).slice();
    const read = async () => await (await openFits(new MemorySource(bytes))).hdus();
    for (const hdu of await read()) {
      expect(await verifyChecksum(hdu)).toEqual({ checksum: true, datasum: true, warnings: [] });
    }
    const [first] = await read();
    bytes[first!.dataOffset + 5]! ^= 4;
    const result = await verifyChecksum((await read())[0]!);
    expect(result).toMatchObject({ checksum: false, datasum: false });
    expect(result.warnings.map(({ code, at }) => [code, at.keyword])).toEqual([
      ["CHECKSUM", "CHECKSUM"],
      ["CHECKSUM", "DATASUM"],
    ]);
  });

  it("writes what astropy wrote", async () => {
    const file = await openFits(new MemorySource(await fixture("fits/checksum.fits")));
    for (const hdu of await file.hdus()) {
      const data = await hdu.source.getRange(hdu.dataOffset, Math.ceil(hdu.dataLength / 2880) * 2880);
      const { value } = new Checksum().add(data);
      expect(String(value)).toBe(hdu.header.string("DATASUM"));
      const { comment } = hdu.header.card("CHECKSUM")!;
      const again = hdu.header.clone();
      setChecksum(again, value, { checksum: comment, datasum: hdu.header.card("DATASUM")!.comment });
      expect(again.string("CHECKSUM")).toBe(hdu.header.string("CHECKSUM"));
    }
  });

  it("does not depend on how the bytes are cut", () => {
    const bytes = Uint8Array.from({ length: 1001 }, (_, index) => 255 - (index % 7));
    const whole = new Checksum().add(bytes).value;
    const pieces = new Checksum();
    for (let at = 0, size = 1; at < bytes.length; at += size, size = (size % 5) + 1) {
      pieces.add(bytes.subarray(at, at + size));
    }
    expect(pieces.value).toBe(whole);
    expect(addSums(0xffff_ffff, 1)).toBe(1);
  });

  it("has no punctuation in any checksum, and makes the sum of a header −0", () => {
    for (let index = 0; index < 500; index++) {
      const sum = (index * 2654435761) >>> 0;
      expect(encodeChecksum(sum, true)).toMatch(/^[0-9A-Za-z]{16}$/);
      const header = new Header().set("SIMPLE", true).set("SEED", index);
      setChecksum(header, sum);
      expect(addSums(new Checksum().add(header.toBytes()).value, sum)).toBe(0xffff_ffff);
    }
  });
});
