/** What frames a request wants many of: `frame_ids` in every form that clients send, or the list's filters. */
import "@hono/zod-openapi";
import * as z from "zod";
import { ArchiveError } from "../archive/errors.ts";
import { queryOf } from "../archive/search.ts";
import type { Wish } from "../archive/wish.ts";
import type { Sight } from "../store/frame.ts";
import type { HttpContext } from "./context.ts";
import { parseFilters } from "./filters.ts";
import { parsePage } from "./paging.ts";

/** Bytes of a body that names frames: 100,000 ids as `frame_ids%5B%5D=…` are under 4 MB. */
const MOST_BYTES = 8 * 1024 * 1024;

/** `frame_ids`, `frame_ids[]`, `frame_ids[0]`. */
const IDS = /^frame_ids(\[\d*\])?$/;

/** A body that names frames, for the API description. */
export const FrameIdsBody = {
  description: "Also as a form, with frame_ids, frame_ids[] or frame_ids[0].",
  content: {
    "application/json": {
      schema: z.looseObject({
        frame_ids: z.array(z.union([z.int(), z.string()])).openapi({ example: [1] }),
        uncompress: z.union([z.boolean(), z.string()]).optional(),
        auth_token: z.string().optional(),
      }),
    },
  },
};

/** A body's fields in their order, repeated ones too. JSON's arrays are repeated fields. */
export type Fields = [name: string, value: string][];

async function bytesOf(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body ?? []) {
    length += part.length;
    if (length > MOST_BYTES)
      throw new ArchiveError("TOO_LARGE", "This request is too large; take the frames in parts.");
    parts.push(part);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function fieldsOfJson(text: string): Fields {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw new Error("not an object");
  return Object.entries(parsed).flatMap(([name, value]): Fields => {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.filter((one) => one !== null).map((one) => [name, String(one)]);
  });
}

/** The fields of a form, multipart or JSON body. Throws BAD_PARAMETER, TOO_LARGE or UNSUPPORTED. */
export async function readFieldList(c: HttpContext): Promise<Fields> {
  const header = c.req.header("Content-Type") ?? "";
  const type = header.split(";")[0]!.trim().toLowerCase();
  const bytes = await bytesOf(c.req.raw);
  if (bytes.length === 0) return [];
  try {
    if (type === "application/json") return fieldsOfJson(new TextDecoder().decode(bytes));
    if (type === "application/x-www-form-urlencoded") return [...new URLSearchParams(new TextDecoder().decode(bytes))];
    if (type === "multipart/form-data") {
      const form = await new Response(bytes, { headers: { "Content-Type": header } }).formData();
      return [...form].filter((field): field is [string, string] => typeof field[1] === "string");
    }
  } catch (cause) {
    throw new ArchiveError("BAD_PARAMETER", "The body of this request cannot be parsed.", {}, { cause });
  }
  throw new ArchiveError("UNSUPPORTED", `Unsupported media type "${type}" in request.`);
}

/** The last value of a field, as Django has it. */
export function fieldOf(fields: Fields, name: string): string | undefined {
  return fields.findLast(([one]) => one === name)?.[1];
}

/** Reads a flag as OCS's pages and scripts send it. */
export function flagOf(fields: Fields, name: string): boolean {
  const value = fieldOf(fields, name)?.trim().toLowerCase() ?? "";
  if (["", "false", "0", "no", "off"].includes(value)) return false;
  if (["true", "1", "yes", "on"].includes(value)) return true;
  throw new ArchiveError("BAD_PARAMETER", "It accepts true or false.", { field: name });
}

/** The frames named by id; null where the field is not there at all. */
export function idsOf(fields: Fields): number[] | null {
  const named = fields.filter(([name]) => IDS.test(name));
  if (named.length === 0) return null;
  return named.flatMap(([, value]) =>
    value.split(",").map((text) => {
      const id = Number(text);
      if (/^\s*\d+\s*$/.test(text) && Number.isSafeInteger(id)) return id;
      throw new ArchiveError("BAD_PARAMETER", `It accepts ids of frames, which are whole numbers, not "${text}".`, {
        field: "frame_ids",
      });
    }),
  );
}

/** The frames that filters find; unlike a list's, `limit` has no upper end, and without it there is none. */
export function queryWish(params: URLSearchParams, sight: Sight): Wish {
  const { sort, descending, offset } = parsePage(params);
  const text = params.getAll("limit").at(-1);
  return {
    kind: "query",
    query: queryOf(parseFilters(params), sight, Date.now()),
    sort,
    descending,
    offset,
    limit: text === undefined ? null : Math.max(0, Number(text)),
  };
}

/** By id where `frame_ids` is given, else by filters. */
export function wishOf(fields: Fields, sight: Sight): Wish {
  const ids = idsOf(fields);
  return ids === null ? queryWish(new URLSearchParams(fields), sight) : { kind: "ids", ids };
}
