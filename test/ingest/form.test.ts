/** Forms as real clients write them, byte by byte (captured from the versions named), and forms that lack something. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, it } from "vitest";
import { addRecordedUsers, browser, request, TOKENS } from "../http/archive.ts";
import { frameBytes } from "./headers.ts";

beforeAll(addRecordedUsers);

/** What stands for the file in a captured body. */
const FILE = "SIMPLE";

function send(boundary: string, body: string, file: Uint8Array, headers: Record<string, string> = {}) {
  const [before, after] = body.split(FILE);
  return request("/frames/create/", {
    method: "POST",
    headers: { "Content-Type": `multipart/form-data; boundary=${boundary}`, ...headers },
    body: Buffer.concat([Buffer.from(before!), file, Buffer.from(after!)]),
    ...(headers.Cookie === undefined ? { token: TOKENS.admin } : {}),
  });
}

const CLIENTS: Record<string, [boundary: string, body: string]> = {
  "curl 7.88": [
    "------------------------87b57695a6d14871",
    '--------------------------87b57695a6d14871\r\nContent-Disposition: form-data; name="file"; filename="naïve %22q%22.fits"\r\nContent-Type: application/octet-stream\r\n\r\nSIMPLE\r\n--------------------------87b57695a6d14871\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\nx\r\n--------------------------87b57695a6d14871--\r\n',
  ],
  "requests 2.28": [
    "5cb4cc60c5fefef9e1d344aa09d06ee4",
    '--5cb4cc60c5fefef9e1d344aa09d06ee4\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\nx\r\n--5cb4cc60c5fefef9e1d344aa09d06ee4\r\nContent-Disposition: form-data; name="file"; filename="naïve %22q%22.fits"\r\n\r\nSIMPLE\r\n--5cb4cc60c5fefef9e1d344aa09d06ee4--\r\n',
  ],
  "aiohttp 3.8": [
    "2f930a6911af427a974e46b5bc460ea0",
    '--2f930a6911af427a974e46b5bc460ea0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\nx\r\n--2f930a6911af427a974e46b5bc460ea0\r\nContent-Type: application/octet-stream\r\nContent-Disposition: form-data; name="file"; filename="na%C3%AFve%20%22q%22.fits"\r\n\r\nSIMPLE\r\n--2f930a6911af427a974e46b5bc460ea0--\r\n',
  ],
  "undici 7": [
    "----formdata-undici-075165364792",
    '------formdata-undici-075165364792\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\nx\r\n------formdata-undici-075165364792\r\nContent-Disposition: form-data; name="file"; filename="naïve %22q%22.fits"\r\nContent-Type: application/octet-stream\r\n\r\nSIMPLE\r\n------formdata-undici-075165364792--\r\n',
  ],
};

it.each(Object.entries(CLIENTS))("of %s are taken, with the name as it is called", async (_, [boundary, body]) => {
  const answer = await send(boundary, body, frameBytes());
  expect([answer.status, await answer.json()]).toMatchObject([200, { created: 1, filenames: ['naïve "q"'] }]);
});

it("with a file that has no filename are refused, and say so", async () => {
  // curl -F 'file=<a.fits'
  const bare = '--B\r\nContent-Disposition: form-data; name="file"\r\n\r\nSIMPLE\r\n--B--\r\n';
  for (const body of [bare, bare.replace('"file"', '"image"')]) {
    const answer = await send("B", body, frameBytes({ FNAME: "nameless" }));
    const field = body === bare ? "file" : "image";
    expect([answer.status, await answer.json()]).toEqual([400, { [field]: [expect.stringContaining("no filename")] }]);
  }
  const list = await request("/frames/?basename_exact=nameless", { token: TOKENS.admin });
  expect(await list.json()).toMatchObject({ count: 0 });
});

it("say which files came before such a one", async () => {
  const body =
    '--B\r\nContent-Disposition: form-data; name="file1"; filename="a.fits"\r\n\r\nSIMPLE\r\n' +
    '--B\r\nContent-Disposition: form-data; name="file2"\r\n\r\nsomething\r\n--B--\r\n';
  const answer = await send("B", body, frameBytes({ FNAME: "named" }));
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { file2: [expect.stringMatching(/were taken: named\.$/)] },
  ]);
});

it("may bring other fields along", async () => {
  const body =
    '--B\r\nContent-Disposition: form-data; name="comment"\r\n\r\na night of clouds\r\n' +
    '--B\r\nContent-Disposition: form-data; name="file"; filename="a.fits"\r\n\r\nSIMPLE\r\n--B--\r\n';
  const answer = await send("B", body, frameBytes({ FNAME: "with-comment" }));
  expect(await answer.json()).toEqual({ created: 1, filenames: ["with-comment"] });
});

it("sent by a browser's session to a path without its slash are redirected, with nothing done", async () => {
  const { session } = await browser("admin");
  for (const path of ["/frames/zip", "/frames/create"]) {
    const body = new URLSearchParams({ "frame_ids[]": "1", csrfmiddlewaretoken: "in the body" });
    const answer = await request(path, { method: "POST", headers: session, body });
    expect([path, answer.status, answer.headers.get("Location")]).toEqual([path, 308, `${path}/`]);
    const without = await request(`${path}/`, { method: "POST", headers: session, body });
    expect([path, without.status]).toEqual([path, 403]);
  }
});

it("with a gzip give back what pyobs's clients can open at its url, and the gzip at its version's", async () => {
  const plain = frameBytes({ FNAME: "zipped" });
  const zipped = new Uint8Array(gzipSync(plain));
  const body =
    '--B\r\nContent-Disposition: form-data; name="file"; filename="zipped.fits.gz"\r\n\r\nSIMPLE\r\n--B--\r\n';
  expect(await (await send("B", body, zipped)).json()).toEqual({ created: 1, filenames: ["zipped"] });
  const list = await request("/frames/?basename_exact=zipped", { token: TOKENS.admin });
  const [frame] = ((await list.json()) as { results: Record<string, unknown>[] }).results;
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  expect(frame).toMatchObject({ filename: "zipped.fits", size: plain.length, sha256: sha256(plain) });
  const [version] = frame!.version_set as Record<string, unknown>[];
  expect(version).toMatchObject({ extension: ".fits.gz", size: zipped.length, sha256: sha256(zipped) });
  for (const [url, bytes, name] of [
    [frame!.url, plain, "zipped.fits"],
    [`/frames/${frame!.id}/download/`, plain, "zipped.fits"],
    [version!.url, zipped, "zipped.fits.gz"],
  ] as const) {
    const { pathname, search } = new URL(url as string, "http://archive");
    const answer = await request(pathname + search, pathname === url ? { token: TOKENS.admin } : {});
    expect(answer.headers.get("Content-Disposition")).toBe(`attachment; filename=${name}`);
    expect(answer.headers.get("Content-Length")).toBe(`${bytes.length}`);
    expect(sha256(new Uint8Array(await answer.arrayBuffer()))).toBe(sha256(bytes));
  }
  // The archive knows it by both.
  for (const bytes of [plain, zipped]) {
    const found = await request(`/versions/?sha256=${sha256(bytes)}`, { token: TOKENS.admin });
    expect(await found.json()).toMatchObject({ count: 1 });
  }
});
