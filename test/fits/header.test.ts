import { describe, expect, it } from "vitest";
import { Real } from "../../src/fits/card-format.ts";
import { FitsError } from "../../src/fits/errors.ts";
import { Header } from "../../src/fits/header.ts";
import { withInherited } from "../../src/fits/inherit.ts";
import { fixture, fixtureJson } from "../fixture.ts";
import { type Expected, headerBytes, plain, sameBytes } from "./bytes.ts";

function parse(...cards: string[]): Header {
  return Header.parse(headerBytes(...cards));
}

/** The error a call throws. */
function thrown(call: () => unknown): FitsError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(FitsError);
    return error as FitsError;
  }
  throw new Error("nothing was thrown");
}

describe("reading cards", () => {
  it("reads every form of value as astropy does", async () => {
    const expected = (await fixtureJson<Expected>("fits/expected.json")).headers["header-zoo.fits"];
    const header = Header.parse(await fixture("fits/header-zoo.fits"));
    const cards = header.cards.map(({ keyword, value, comment }) => [keyword, plain(value), comment]);
    expect(cards).toEqual(expected);
  });

  it("tells integers from reals, undefined from unreadable", () => {
    const header = parse("A       = 1", "B       = 1.0", "C       =", "D       = 12.3.4", "E       = (1, 2)");
    expect(header.cards.map((card) => card.type)).toEqual(["integer", "real", "undefined", "invalid", "complex"]);
    expect(header.get("D")).toBeNull();
    expect(header.get("F")).toBeUndefined();
    expect(header.warnings.map((warning) => warning.at.keyword)).toEqual(["D"]);
  });

  it("keeps a quote whole that stands where a string is continued", () => {
    const header = parse("LONG    = 'It''s ''quoted'' &'", "CONTINUE  'and ''''more&' / one", "CONTINUE  '' / two");
    expect(header.string("LONG")).toBe("It's 'quoted' and ''more");
    expect(header.card("LONG")!.comment).toBe("one two");
  });

  it("takes CONTINUE as commentary where nothing is continued", () => {
    const header = parse("A       = 'no ampersand'", "CONTINUE  'x'");
    expect(header.string("A")).toBe("no ampersand");
    expect(header.card("CONTINUE")!.type).toBe("commentary");
  });

  it("reads bad cards, each with a warning that says where", () => {
    const header = Header.parse(
      headerBytes(
        "observer= 'low'",
        "NOEQUALS  text",
        "OPEN    = 'never closed",
        "NAME    = 'M\xc3\xbcller'",
        "X=      5",
      ),
      { offset: 5760, hdu: 1 },
    );
    expect(header.string("OBSERVER")).toBe("low");
    expect(header.get("NOEQUALS")).toBe("  text");
    expect(header.string("OPEN")).toBe("never closed");
    expect(header.string("NAME")).toBe("M??ller"); // as astropy
    expect(header.warnings).toHaveLength(5);
    expect(header.warnings[2]).toMatchObject({ code: "BAD_CARD", at: { offset: 5760 + 160, hdu: 1, keyword: "OPEN" } });
  });

  it("guesses nothing under warn and refuses under refuse", () => {
    const bytes = headerBytes("GOOD    = 1", "OPEN    = 'never closed");
    const header = Header.parse(bytes, { strictness: "warn" });
    expect(header.card("OPEN")).toMatchObject({ type: "invalid", value: null });
    expect(header.warnings).toHaveLength(1);
    const error = thrown(() => Header.parse(bytes, { strictness: "refuse", offset: 2880 }));
    expect(error).toMatchObject({ code: "BAD_CARD", at: { offset: 2960, keyword: "OPEN" } });
  });

  it("refuses a header without END", () => {
    expect(thrown(() => Header.parse(new Uint8Array(2880).fill(0x20))).code).toBe("TRUNCATED");
  });
});

describe("values by type", () => {
  const header = parse("N       = 2.5", "I       = 3", "S       = 'text'", "L       = T", "BIG     = 9007199254740993");

  it("answers undefined where there is no such keyword, and throws where it is required", () => {
    expect([header.number("X"), header.integer("X"), header.string("X"), header.boolean("X")]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(thrown(() => header.requireInteger("X"))).toMatchObject({ code: "MISSING_KEYWORD", at: { keyword: "X" } });
  });

  it("throws where the type is another", () => {
    for (const call of [
      () => header.number("S"),
      () => header.integer("N"),
      () => header.integer("BIG"),
      () => header.string("I"),
      () => header.boolean("I"),
    ]) {
      expect(thrown(call).code).toBe("BAD_VALUE");
    }
    expect(header.get("big")).toBe(9007199254740993n);
  });
});

describe("INHERIT", () => {
  const primary = parse("SIMPLE  = T", "NAXIS   = 0", "OBJECT  = 'M 31'", "FILTER  = 'V'", "BZERO   = 5", "COMMENT no");

  it("adds the primary's cards where it is T, and only those the extension lacks", () => {
    const header = withInherited(parse("XTENSION= 'IMAGE'", "NAXIS   = 2", "INHERIT = T", "FILTER  = 'R'"), primary);
    expect(header.cards.map(({ keyword, value }) => [keyword, value])).toEqual([
      ["XTENSION", "IMAGE"],
      ["NAXIS", 2],
      ["INHERIT", true],
      ["FILTER", "R"],
      ["OBJECT", "M 31"],
    ]);
  });

  it("adds nothing otherwise", () => {
    for (const card of ["INHERIT = F", "COMMENT none"]) {
      expect(withInherited(parse("XTENSION= 'IMAGE'", card), primary).has("OBJECT")).toBe(false);
    }
  });
});

describe("writing", () => {
  it("gives an untouched header back byte for byte, also from its cards alone", async () => {
    const bytes = await fixture("fits/header-zoo.fits");
    const header = Header.parse(bytes);
    const length = header.toBytes().length;
    expect(sameBytes(header.toBytes(), bytes.subarray(0, length))).toBe(true);
    const rebuilt = new Header(header.cards);
    expect(sameBytes(rebuilt.toBytes(), bytes.subarray(0, length))).toBe(true);
  });

  it("writes the forms of the standard", () => {
    const header = new Header();
    header.set("SIMPLE", true, "conforms");
    header.set("NAXIS", 0);
    header.set("REAL", 1e-7);
    header.set("WHOLE", new Real(5), "a real");
    header.set("BIG", 9223372036854775808n);
    header.set("NAME", "O'Hara", "name");
    header.set("UNDEF", null);
    header.set("Z", { re: 1, im: -2.5 });
    header.set("ESO DET ID", "ccd");
    header.addCommentary("HISTORY", "x".repeat(80));
    expect(header.cards.flatMap((card) => card.images.map((image) => image.trimEnd()))).toEqual([
      "SIMPLE  =                    T / conforms",
      "NAXIS   =                    0",
      "REAL    =               1.0E-7",
      "WHOLE   =                  5.0 / a real",
      "BIG     =  9223372036854775808",
      "NAME    = 'O''Hara '           / name",
      "UNDEF   =",
      "Z       =          (1.0, -2.5)",
      "HIERARCH ESO DET ID = 'ccd     '",
      `HISTORY ${"x".repeat(72)}`,
      `HISTORY ${"x".repeat(8)}`,
    ]);
    expect(header.toBytes()).toHaveLength(2880);
  });

  it("splits long strings over CONTINUE cards and never inside a quote", () => {
    for (let shift = 0; shift < 8; shift++) {
      const text = `${"-".repeat(shift)}${"it's ''long'' ".repeat(20)}end&`;
      const header = new Header().set("LONG", text, "a comment");
      expect(header.cards[0]!.images.every((image) => image.length === 80)).toBe(true);
      const again = Header.parse(header.toBytes(), { strictness: "refuse" });
      expect(again.string("LONG")).toBe(text);
    }
  });

  it("replaces in place, inserts behind, removes every card of a keyword", () => {
    const header = parse("A       = 1 / first", "DUP     = 1", "DUP     = 2", "B       = 2");
    header.set("A", 5).insert("NEW", 7, "new", "A").remove("DUP");
    expect(header.cards.map(({ keyword, value, comment }) => [keyword, value, comment])).toEqual([
      ["A", 5, "first"],
      ["NEW", 7, "new"],
      ["B", 2, ""],
    ]);
    expect(header.clone().set("B", 3).integer("B")).toBe(3);
    expect(header.integer("B")).toBe(2);
  });

  it("refuses what a header cannot hold", () => {
    const header = new Header();
    expect(thrown(() => header.set("A", Number.NaN)).code).toBe("BAD_VALUE");
    expect(thrown(() => header.set("A", "Müller")).code).toBe("BAD_VALUE");
    expect(thrown(() => header.set("X".repeat(90), 1)).code).toBe("BAD_VALUE");
  });
});
