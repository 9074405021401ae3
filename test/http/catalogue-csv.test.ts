import { describe, expect, it } from "vitest";
import { catalogueCsv, pythonFloat } from "../../src/archive/catalogue-csv.ts";
import { openFits } from "../../src/fits/file.ts";
import { MemorySource } from "../../src/fits/memory-source.ts";
import { Table } from "../../src/fits/table.ts";
import { fixture } from "../fixture.ts";

async function csvOf(name: string, units = false): Promise<string> {
  const fits = await openFits(new MemorySource(await fixture(`tables/${name}.fits`)));
  let text = "";
  for await (const piece of catalogueCsv(new Table(await fits.hdu("CAT")), { units })) text += piece;
  return text;
}

describe("a table as CSV", () => {
  it.each(["pyobs", "scalars", "single", "ascii"])(
    "is what astropy's writer makes of it, character by character: %s",
    async (name) => {
      expect(await csvOf(name)).toBe(new TextDecoder().decode(await fixture(`tables/${name}.csv`)));
    },
  );

  it("writes arrays and undefined values, which astropy's writer refuses", async () => {
    expect(await csvOf("arrays")).toBe(new TextDecoder().decode(await fixture("tables/arrays.csv")));
  });

  it("puts the units into a comment line if asked", async () => {
    const [comment, heading] = (await csvOf("scalars", true)).split("\n");
    expect(comment).toBe('# units: deg,,"a, b",,,,,,,,,');
    expect(heading).toBe('f8,f4,i2,u2,i8,u8,b,scaled,flag,c,s,"name, x"');
  });
});

it("writes floats as Python does", () => {
  // Python's repr of each.
  const reprs: [number, string][] = [
    [1e-5, "1e-05"],
    [0.0001, "0.0001"],
    [123456789012345680, "1.2345678901234568e+17"],
    [9007199254740992, "9007199254740992.0"],
    [1e16, "1e+16"],
    [-2.5e-7, "-2.5e-07"],
    [5e-324, "5e-324"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [100, "100.0"],
  ];
  for (const [value, repr] of reprs) expect(pythonFloat(value)).toBe(repr);
});
