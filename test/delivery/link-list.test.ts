import { describe, expect, it } from "vitest";
import { LIST_FORMATS, type Listed, type ListFormat, listHeaders, listStream } from "../../src/archive/link-list.ts";

const file = (id: number, name: string): Listed => ({
  id,
  name,
  size: 2880 * id,
  md5: "0".repeat(32),
  sha256: "ab".repeat(32),
  dateObs: Date.UTC(2024, 0, 15, 20, 33, 21, 123),
  object: 'NGC "7331"',
  filter: null,
  url: `http://archive/frames/${id}/download/?s=1.2.3&format=fits`,
  note: null,
});

async function written(format: ListFormat, pages: Listed[][]): Promise<string> {
  async function* given() {
    yield* pages;
  }
  return new Response(listStream(format, given())).text();
}

describe("lists of links", () => {
  const pages = [[file(1, "a.fits"), file(2, "it's <b> & co.fits")], [], [file(3, "c.fits")]];
  const second = pages[0]![1]!;

  it("are what each program reads", async () => {
    expect((await written("urls", pages)).split("\n")).toEqual([...pages.flat().map(({ url }) => url), ""]);
    expect(await written("csv", [[second]])).toBe(
      "name,id,size,md5,sha256,DATE-OBS,OBJECT,FILTER,url\r\n" +
        `it's <b> & co.fits,2,5760,${second.md5},${second.sha256},2024-01-15T20:33:21.123Z,"NGC ""7331""",,${second.url}\r\n`,
    );
    expect(await written("aria2", [[second]])).toContain(
      `${second.url}\n  out=it's <b> & co.fits\n  checksum=sha-256=${second.sha256}\n`,
    );
    expect(await written("wget", [[second]])).toContain(
      `wget --continue --output-document='it'\\''s <b> & co.fits' '${second.url}'\n`,
    );
    expect(await written("curl", [[second]])).toContain(`output = "it's <b> & co.fits"\nurl = "${second.url}"\n`);
    expect(await written("metalink", [[second]])).toContain(
      '<file name="it&#39;s &#60;b&#62; &#38; co.fits">\n    <size>5760</size>\n' +
        `    <hash type="sha-256">${second.sha256}</hash>\n    <url>http://archive/frames/2/download/?s=1.2.3&#38;format=fits`,
    );
  });

  it("hold nothing that a spreadsheet takes for a formula, and lose nothing by it", async () => {
    const names = ["=1+1", "+12 3", "-30", "@a", "\tx", "'quoted", "M 51", "", '=HYPERLINK("http://x")', "a=b"];
    const text = await written("csv", [names.map((object) => ({ ...file(1, "a.fits"), object }))]);
    const cells = text
      .split("\r\n")
      .slice(1, -1)
      .map((line) => /Z,(?:"((?:[^"]|"")*)"|([^,]*)),,http/.exec(line)!)
      .map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare!);
    for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    expect(cells.map((cell) => cell.replace(/^'/, ""))).toEqual(names);
  });

  it("end properly without files and break where the files do", async () => {
    expect(await written("metalink", [])).toMatch(/^<\?xml.*\n<metalink[^>]*>\n<\/metalink>\n$/);
    expect(await written("urls", [])).toBe("");
    async function* failing() {
      yield pages[0]!;
      throw new Error("the database went away");
    }
    for (const format of LIST_FORMATS) {
      await expect(new Response(listStream(format, failing())).text()).rejects.toThrow("went away");
      expect(listHeaders(format).contentType).toMatch(/^[a-z]+\/[a-z0-9+-]+; charset=utf-8$/);
    }
  });
});
