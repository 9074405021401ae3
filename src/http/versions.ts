/** Files that are or were current under a frame's name: what an uploader asks before it sends a file again. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { ArchiveError } from "../archive/errors.ts";
import { exactFormat } from "../archive/plain-file.ts";
import type { Version } from "../store/catalogue.ts";
import { frameViewOf, requireSight, resource } from "./context.ts";
import { downloadUrls, extensionOf, type FrameView, isoOf } from "./frame-object.ts";
import { PageParameters, parsePage } from "./paging.ts";

export const versions = resource();

const VersionSchema = z.looseObject({
  id: z.int().openapi({ description: "Counts up from 1 within a frame" }),
  frame: z.int(),
  basename: z.string(),
  filename: z.string(),
  extension: z.string(),
  current: z.boolean(),
  created: z.string(),
  size: z.int(),
  md5: z.string(),
  sha256: z.string(),
  url: z.string(),
});

/** Versions as `/versions/` and a frame's `version_set` show them. */
export function versionObjects(view: FrameView, versions: readonly Version[]) {
  const urls = downloadUrls(
    view,
    versions.map(({ frameId, version }) => ({ id: frameId, version })),
  );
  return versions.map((one, i) => versionObject(one, urls[i]!));
}

function versionObject(one: Version, url: string) {
  const { file } = one;
  return {
    id: one.version,
    version: one.version,
    frame: one.frameId,
    basename: one.basename,
    filename: file.filename,
    extension: extensionOf(one.basename, file.filename),
    current: one.current,
    created: isoOf(one.created),
    size: file.size,
    md5: file.md5,
    sha256: file.sha256,
    packing: file.packing,
    original: file.original,
    warnings: file.warnings,
    url: url + exactFormat(file.filename),
  };
}

const what = (description: string, example: string) =>
  z.string().optional().openapi({ param: { description, example } });

function findOf(params: URLSearchParams): { md5?: string; sha256?: string; basename?: string; frameId?: number } {
  const given = (name: string) => params.getAll(name).at(-1)?.trim() || undefined;
  const [md5, sha256, basename, frame] = ["md5", "sha256", "basename", "frame"].map(given);
  const checksum = (field: string, value: string, digits: number) => {
    if (new RegExp(`^[0-9a-f]{${digits}}$`, "i").test(value)) return value.toLowerCase();
    throw new ArchiveError("BAD_PARAMETER", `It accepts ${digits} hexadecimal digits.`, { field });
  };
  if (frame !== undefined && !/^\d{1,15}$/.test(frame)) {
    throw new ArchiveError("BAD_PARAMETER", "It accepts the id of a frame.", { field: "frame" });
  }
  if ([md5, sha256, basename, frame].every((one) => one === undefined)) {
    throw new ArchiveError("BAD_PARAMETER", "One of md5, sha256, basename and frame is needed.", { field: "md5" });
  }
  return {
    ...(md5 === undefined ? {} : { md5: checksum("md5", md5, 32) }),
    ...(sha256 === undefined ? {} : { sha256: checksum("sha256", sha256, 64) }),
    ...(basename === undefined ? {} : { basename }),
    ...(frame === undefined ? {} : { frameId: Number(frame) }),
  };
}

versions.openapi(
  createRoute({
    method: "get",
    path: "/versions/",
    tags: ["Frames"],
    summary: "Files by content or by frame, newest first",
    request: {
      query: z.looseObject({
        md5: what("MD5 of the file, or of the upload that it is a packing of.", "d41d8cd98f00b204e9800998ecf8427e"),
        sha256: what("SHA-256 of it.", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        basename: what("Name of the frame, without extension.", "goe-0m50-sb63-20240115-0004-o00"),
        frame: what("Id of the frame.", "4"),
        limit: PageParameters.limit,
        offset: PageParameters.offset,
      }),
    },
    responses: {
      200: {
        description: "They",
        content: {
          "application/json": {
            schema: z.object({
              count: z.int(),
              next: z.string().nullable(),
              previous: z.string().nullable(),
              results: z.array(VersionSchema),
            }),
          },
        },
      },
      400: { description: "Nothing to look for, or not in the form it has" },
    },
  }),
  async (c): Promise<Response> => {
    const sight = requireSight(c);
    const { searchParams } = new URL(c.req.url);
    const { limit, offset } = parsePage(searchParams);
    const found = await c.var.catalogue.versions(findOf(searchParams), { limit, offset }, sight);
    const at = (from: number) => {
      const params = new URLSearchParams(searchParams);
      params.set("limit", String(limit));
      params.set("offset", String(from));
      return `${c.var.root}versions/?${params}`;
    };
    return c.json({
      count: found.count,
      next: limit > 0 && offset + limit < found.count ? at(offset + limit) : null,
      previous: limit > 0 && offset > 0 ? at(Math.max(0, offset - limit)) : null,
      results: versionObjects(frameViewOf(c), found.versions),
    });
  },
);
