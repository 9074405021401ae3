/** Multipart uploads to R2: what a Worker that is killed leaves open is known, shown and dropped. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { archiveOf } from "../../src/archive/context.ts";
import { dropAbandoned } from "../../src/archive/uploads.ts";
import { type FileStore, fileStore } from "../../src/store/files.ts";
import { openUploads } from "../../src/store/open-uploads.ts";
import { addRecordedUsers, request, TOKENS } from "../http/archive.ts";

const archive = archiveOf(env);
const LIFE = 7 * 24 * 3600_000;
const LARGE = new Uint8Array(21 * 1024 * 1024 + 1);

beforeAll(addRecordedUsers);

async function open(): Promise<string[]> {
  return (await archive.files.openUploads(Number.MAX_SAFE_INTEGER, 100)).map(({ key }) => key);
}

/** As far as a Worker gets that is killed while a large file comes in. */
async function killed(key: string, files: FileStore = archive.files) {
  const writer = files.writer(key);
  await writer.write(LARGE);
  return writer;
}

it("are noted only while they are open", async () => {
  const whole = await killed("large/whole");
  expect(await open()).toEqual(["large/whole"]);
  await whole.finish();
  expect(await open()).toEqual([]);
  const dropped = await killed("large/dropped");
  await dropped.abort();
  await dropped.abort();
  expect(await open()).toEqual([]);
});

it("are shown to the staff, and dropped when nobody can still be writing", async () => {
  await killed("large/left");
  const report = await request("/admin/api/check/files/", { token: TOKENS.admin });
  expect(await report.json()).toMatchObject({
    open: [{ key: "large/left", opened: expect.stringMatching(/^20.*Z$/) }],
    truncated: false,
  });
  const [left] = await archive.files.openUploads(Number.MAX_SAFE_INTEGER, 1);
  expect(await dropAbandoned(archive, left!.opened + LIFE)).toBe(0);
  expect(await dropAbandoned(archive, left!.opened + LIFE + 1)).toBe(1);
  expect([await open(), await dropAbandoned(archive, left!.opened + 2 * LIFE)]).toEqual([[], 0]);
  const upload = env.FILES.resumeMultipartUpload(left!.key, left!.upload);
  await expect(upload.uploadPart(1, "x")).rejects.toThrow();
});

it("that R2 cannot drop stay noted, but not for ever", async () => {
  await openUploads(env.DB).note({ key: "large/unknown", upload: "x".repeat(170), opened: 1 });
  await expect(dropAbandoned(archive, 1 + LIFE + 1)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(await open()).toEqual(["large/unknown"]);
  expect(await dropAbandoned(archive, 1 + 2 * LIFE + 1)).toBe(1);
  expect(await open()).toEqual([]);
});

it("are not begun where they cannot be noted", async () => {
  const aborted: string[] = [];
  const bucket = {
    createMultipartUpload: async () => ({ uploadId: "1", abort: async () => void aborted.push("aborted") }),
  } as unknown as R2Bucket;
  const noted = { ...openUploads(env.DB), note: () => Promise.reject(new Error("D1_ERROR")) };
  await expect(killed("large/unnoted", fileStore(bucket, noted))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(aborted).toEqual(["aborted", "aborted"]);
});
