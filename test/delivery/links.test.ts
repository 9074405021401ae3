import { describe, expect, it } from "vitest";
import { ArchiveError } from "../../src/archive/errors.ts";
import { ALL_USES, type Link, linkExpiry, signLink, signLinks, verifyLink } from "../../src/archive/links.ts";
import { readConfig } from "../../src/config.ts";

const SECRET = "the first secret of thirty-two characters";
const NEXT = "the second secret of thirty-two characters";
const config = readConfig({ SECRET_KEY: SECRET });
const now = Date.UTC(2026, 10, 22, 10, 20);
const link: Link = { frame: 4711, version: 2, user: 12, uses: ALL_USES, expires: linkExpiry(config, now) };

function signature(of: Link = link, using = config): string {
  return signLink(using, of).slice("s=".length);
}

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ArchiveError && error.code === "FORBIDDEN") return error.message;
    throw error;
  }
  return "accepted";
}

describe("links", () => {
  it("give back what was signed, for every use", () => {
    for (const use of ALL_USES) expect(verifyLink(config, signature(), 4711, use, now)).toEqual(link);
    const nobody = { ...link, user: null };
    expect(verifyLink(config, signature(nobody), 4711, "download", now)).toEqual(nobody);
  });

  it("of a list are those of its frames, each good for its own alone", () => {
    const frames = [1, 2, 3, 2 ** 32, 2 ** 50 + 1, 2 ** 50 + 2].flatMap((id) =>
      [1, 2, 256].map((version) => ({ id, version })),
    );
    const signed = signLinks(config, link, frames);
    expect(signed).toEqual(frames.map(({ id, version }) => signLink(config, { ...link, frame: id, version })));
    expect(new Set(signed.map((one) => one.slice(-32))).size).toBe(frames.length);
    for (const [i, { id }] of frames.entries()) {
      const text = signed[i]!.slice("s=".length);
      expect(refusal(() => verifyLink(config, text, id === 1 ? 2 : 1, "download", now))).toMatch(/another frame/);
    }
  });

  it("need no encoding, are short and cannot spell download, so that pyobs's replacement leaves them whole", () => {
    const query = signLink(config, { ...link, frame: 2 ** 50, user: 123456, version: 99 });
    expect(query).toMatch(/^s=[0-9a-z.]+$/);
    expect(query.length).toBeLessThan(70);
    const url = `http://archive/frames/4711/download/?${signLink(config, link)}`;
    const replaced = new URL(url.replaceAll("download", "headers"));
    expect(replaced.pathname).toBe("/frames/4711/headers/");
    expect(verifyLink(config, replaced.searchParams.get("s")!, 4711, "headers", now)).toEqual(link);
  });

  it("are refused with a word when altered in any character", () => {
    const good = signature();
    for (let i = 0; i < good.length; i++) {
      for (const other of "0a.z") {
        if (other === good[i]) continue;
        const bad = good.slice(0, i) + other + good.slice(i + 1);
        expect(
          refusal(() => verifyLink(config, bad, 4711, "download", now)),
          bad,
        ).toMatch(/altered/);
      }
    }
    for (const bad of ["", "s", `${good}0`, good.slice(1), good.toUpperCase(), `${good}\n`]) {
      expect(refusal(() => verifyLink(config, bad, 4711, "download", now))).toMatch(/altered/);
    }
  });

  it("are refused for another frame, after their end and for another use", () => {
    expect(refusal(() => verifyLink(config, signature(), 4712, "download", now))).toMatch(/another frame/);
    expect(verifyLink(config, signature(), 4711, "download", link.expires - 1).frame).toBe(4711);
    expect(refusal(() => verifyLink(config, signature(), 4711, "download", link.expires))).toMatch(/expired at 2026-/);
    const headers = signature({ ...link, uses: ["headers"] });
    expect(verifyLink(config, headers, 4711, "headers", now).uses).toEqual(["headers"]);
    expect(refusal(() => verifyLink(config, headers, 4711, "download", now))).toMatch(/does not allow download/);
  });

  it("survive one change of the key, and not two", () => {
    const rotated = readConfig({ SECRET_KEY: NEXT, SECRET_KEY_PREVIOUS: SECRET });
    expect(verifyLink(rotated, signature(), 4711, "preview", now)).toEqual(link);
    expect(signature(link, rotated)).not.toBe(signature());
    expect(verifyLink(rotated, signature(link, rotated), 4711, "preview", now)).toEqual(link);
    const later = readConfig({ SECRET_KEY: NEXT });
    expect(refusal(() => verifyLink(later, signature(), 4711, "preview", now))).toMatch(/withdrawn/);
  });

  it("stay the same within an hour and live at least as long as set", () => {
    const ends = new Set<number>();
    for (let minute = 0; minute < 60; minute++) ends.add(linkExpiry(config, Date.UTC(2026, 10, 22, 10, minute, 1)));
    expect([...ends]).toEqual([Date.UTC(2026, 10, 23, 11)]);
    const brief = readConfig({ SECRET_KEY: SECRET, LINK_SECONDS: "60" });
    for (let second = 0; second < 200; second += 7) {
      const life = linkExpiry(brief, now + second * 1000) - (now + second * 1000);
      expect(life).toBeGreaterThanOrEqual(60_000);
      expect(life).toBeLessThan(120_000);
    }
  });
});
