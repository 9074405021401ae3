import { describe, expect, it } from "vitest";
import { judge, rangeHolds } from "../../src/http/conditional.ts";
import { type ByteRange, contentRange, multipart, parseRange } from "../../src/http/range.ts";

const range = (start: number, end: number): ByteRange => ({ start, end });

describe("Range", () => {
  it("reads single, open and suffix ranges (RFC 9110 §14.1.2)", () => {
    expect(parseRange("bytes=0-499", 10_000)).toEqual([range(0, 500)]);
    expect(parseRange("bytes=500-999", 10_000)).toEqual([range(500, 1000)]);
    expect(parseRange("bytes=-500", 10_000)).toEqual([range(9500, 10_000)]);
    expect(parseRange("bytes=9500-", 10_000)).toEqual([range(9500, 10_000)]);
    expect(parseRange("BYTES = 9999-9999", 10_000)).toEqual([range(9999, 10_000)]);
    expect(parseRange("bytes=0-99999999999999999999999", 10_000)).toEqual([range(0, 10_000)]);
    expect(parseRange("bytes=-99999999999999999999999", 10_000)).toEqual([range(0, 10_000)]);
  });

  it("keeps the order of several, drops those past the end, joins those that overlap or nearly touch", () => {
    expect(parseRange("bytes=0-0,-1", 10_000)).toEqual([range(0, 1), range(9999, 10_000)]);
    expect(parseRange("bytes= 5000-5009 , , 0-9,20000-", 10_000)).toEqual([range(5000, 5010), range(0, 10)]);
    expect(parseRange("bytes=500-700,601-999", 10_000)).toEqual([range(500, 1000)]);
    expect(parseRange("bytes=8000-,0-9,10-20,-3000", 10_000)).toEqual([range(7000, 10_000), range(0, 21)]);
    const thousand = Array.from({ length: 200 }, () => "0-").join(",");
    expect(parseRange(`bytes=${thousand}`, 10_000)).toEqual([range(0, 10_000)]);
  });

  it("says unsatisfiable when nothing overlaps the file", () => {
    for (const header of ["bytes=10000-", "bytes=10000-10001,99999999999999999999-", "bytes=-0"]) {
      expect(parseRange(header, 10_000), header).toBe("unsatisfiable");
    }
    expect(parseRange("bytes=0-", 0)).toBe("unsatisfiable");
  });

  it("ignores what is not a range of bytes, and too many of them", () => {
    const many = `bytes=${Array.from({ length: 300 }, (_, i) => `${i * 500}-${i * 500}`).join(",")}`;
    for (const header of [null, "", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=a-b", "bytes=5-4", many]) {
      expect(parseRange(header, 10 ** 6), String(header)).toBe("whole");
    }
    for (const header of ["rows=0-1", "bytes=1-2,x", "bytes=0x1-0x2", "bytes=1.5-2", "bytes=--1", "bytes=0-1;2-3"]) {
      expect(parseRange(header, 10 ** 6), header).toBe("whole");
    }
  });

  it("writes multipart/byteranges with its exact length", () => {
    const body = multipart([range(0, 5), range(8, 10)], 10, "image/fits", "B");
    const data = "0123456789";
    const text = body.pieces
      .map((piece) =>
        "text" in piece ? new TextDecoder().decode(piece.text) : data.slice(piece.range.start, piece.range.end),
      )
      .join("");
    expect(text).toBe(
      "--B\r\nContent-Type: image/fits\r\nContent-Range: bytes 0-4/10\r\n\r\n01234" +
        "\r\n--B\r\nContent-Type: image/fits\r\nContent-Range: bytes 8-9/10\r\n\r\n89\r\n--B--\r\n",
    );
    expect(body.length).toBe(text.length);
    expect(body.contentType).toBe("multipart/byteranges; boundary=B");
    expect(contentRange(range(8, 10), 10)).toBe("bytes 8-9/10");
  });
});

describe("conditions", () => {
  const validators = { etag: '"abc"', lastModified: Date.UTC(1994, 10, 6, 8, 49, 37, 250) };
  const verdict = (headers: Record<string, string>) => judge(new Headers(headers), validators);
  const same = "Sun, 06 Nov 1994 08:49:37 GMT";
  const before = "Sun, 06 Nov 1994 08:49:36 GMT";

  it("compares entity tags: weakly for If-None-Match, strongly for If-Match", () => {
    expect(verdict({})).toBe(200);
    for (const list of ['"abc"', 'W/"abc"', '"x", "abc"', "*"]) expect(verdict({ "If-None-Match": list })).toBe(304);
    for (const list of ['"x"', "abc", '"abcd"']) expect(verdict({ "If-None-Match": list })).toBe(200);
    for (const list of ['"abc"', '"x","abc"', "*"]) expect(verdict({ "If-Match": list })).toBe(200);
    for (const list of ['"x"', 'W/"abc"', ""]) expect(verdict({ "If-Match": list })).toBe(412);
  });

  it("compares dates by whole seconds in all three forms, and ignores what is no date", () => {
    for (const date of [same, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]) {
      expect(verdict({ "If-Modified-Since": date }), date).toBe(304);
      expect(verdict({ "If-Unmodified-Since": date }), date).toBe(200);
    }
    expect(verdict({ "If-Modified-Since": before })).toBe(200);
    expect(verdict({ "If-Unmodified-Since": before })).toBe(412);
    for (const date of ["yesterday", "2099", "Xyz, 99 Foo 2099 00:00:00 GMT"]) {
      expect(verdict({ "If-Modified-Since": date }), date).toBe(200);
      expect(verdict({ "If-Unmodified-Since": date }), date).toBe(200);
    }
  });

  it("lets tags overrule dates (§13.2.2)", () => {
    expect(verdict({ "If-None-Match": '"x"', "If-Modified-Since": same })).toBe(200);
    expect(verdict({ "If-Match": '"abc"', "If-Unmodified-Since": before })).toBe(200);
    expect(verdict({ "If-Match": '"x"', "If-None-Match": '"abc"' })).toBe(412);
  });

  it("gives ranges only of the representation that If-Range names", () => {
    const now = validators.lastModified + 60_000;
    const holds = (value?: string, at = now) =>
      rangeHolds(new Headers(value === undefined ? {} : { "If-Range": value }), validators, at);
    expect(holds()).toBe(true);
    expect(holds('"abc"')).toBe(true);
    expect(holds('W/"abc"')).toBe(false);
    expect(holds('"x"')).toBe(false);
    expect(holds(same)).toBe(true);
    expect(holds(before)).toBe(false);
    expect(holds("Sun, 06 Nov 1994 08:49:38 GMT")).toBe(false);
    expect(holds("nonsense")).toBe(false);
    expect(holds(same, validators.lastModified + 100)).toBe(false);
  });
});
