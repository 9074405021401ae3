/** Lists of signed links for download programs. */
import { UniqueNames } from "../archive/bundle-names.ts";
import { archiveOf } from "../archive/context.ts";
import { ArchiveError } from "../archive/errors.ts";
import { LIST_FORMATS, type Listed, type ListFormat, listHeaders, listStream } from "../archive/link-list.ts";
import { ALL_USES, linkExpiry, signLinks } from "../archive/links.ts";
import { exactFormat } from "../archive/plain-file.ts";
import { failureOf, withOriginals } from "../archive/unpacking.ts";
import { framesOf, type Wish } from "../archive/wish.ts";
import type { ListedFrame, Sight } from "../store/frame.ts";
import { attachment } from "./attachment.ts";
import { cachingHeaders } from "./caching.ts";
import type { HttpContext } from "./context.ts";
import { missingHeaders } from "./missing.ts";

export interface ListOrder {
  wish: Wish;
  sight: Sight;
  user: number | null;
  uncompress: boolean;
  plain: ReadonlySet<number>;
  date: number;
  until: number;
}

/** The list that `?format=` asks for; null: the zip. Throws BAD_PARAMETER. */
export function listFormatOf(c: HttpContext): ListFormat | null {
  const text = c.req.query("format") ?? "";
  if (text === "" || text === "zip") return null;
  const format = LIST_FORMATS.find((one) => one === text);
  if (format !== undefined) return format;
  throw new ArchiveError("BAD_PARAMETER", `It accepts zip, ${LIST_FORMATS.join(", ")}.`, { field: "format" });
}

/** Frames of a list that are kept from looking what is missing until the list is written. */
const MOST_KEPT = 1000;

/**
 * The frames of a list, and the ids that are not among them, which its head already says: frames by id are looked up
 * before the answer begins, many of them a second time for their lines. Throws then what the first page throws.
 */
async function framesFor(
  c: HttpContext,
  { wish, sight, uncompress }: ListOrder,
): Promise<{ pages: AsyncIterable<ListedFrame[]> | Iterable<ListedFrame[]>; missing: number[]; packed: number[] }> {
  const archive = archiveOf(c.env);
  const ask = (absent: (id: number) => void) => {
    const pages = framesOf(archive.catalogue, wish, sight, archive.config.zipMaxFrames, absent);
    return uncompress ? withOriginals(archive, pages) : pages;
  };
  const missing: number[] = [];
  const packed: number[] = [];
  if (wish.kind === "query" && !uncompress) return { pages: await begun(ask(() => {})), missing, packed };
  let kept: ListedFrame[][] | null = [];
  let frames = 0;
  for await (const page of ask((id) => missing.push(id))) {
    frames += page.length;
    if (uncompress) for (const { id, file } of page) if (failureOf(file) !== null) packed.push(id);
    if (frames > MOST_KEPT) kept = null;
    kept?.push(page);
  }
  return { pages: kept ?? ask(() => {}), missing, packed };
}

/** Throws what the first page throws, before the answer begins. */
async function begun<T>(pages: AsyncGenerator<T>): Promise<AsyncGenerator<T>> {
  const first = await pages.next();
  return (async function* () {
    if (!first.done) yield first.value;
    yield* pages;
  })();
}

async function* listed(
  c: HttpContext,
  pages: AsyncIterable<ListedFrame[]> | Iterable<ListedFrame[]>,
  { user, uncompress, plain, until }: ListOrder,
): AsyncGenerator<Listed[]> {
  const { config, root } = c.var;
  const expires = Math.max(linkExpiry(config, Date.now()), until);
  const names = new UniqueNames();
  for await (const page of pages) {
    const links = signLinks(config, { user, uses: ALL_USES, expires }, page);
    yield page.map((frame, i) => {
      const { file } = frame;
      const original = uncompress || (file.packing !== "none" && plain.has(frame.id)) ? file.original : null;
      const { filename, size, md5, sha256 } = original ?? file;
      const failure = uncompress ? failureOf(file) : null;
      return {
        id: frame.id,
        name: names.take(filename),
        size,
        md5,
        sha256,
        dateObs: frame.dateObs,
        object: frame.object,
        filter: frame.filter,
        url: `${root}frames/${frame.id}/download/?${links[i]}${exactFormat(filename)}`,
        note: failure === null ? null : `as it was uploaded: it ${failure}`,
      };
    });
  }
}

/** The list as a stream, in the words of `format`. */
export async function answerList(c: HttpContext, format: ListFormat, order: ListOrder): Promise<Response> {
  const { contentType, extension } = listHeaders(format);
  const { pages, missing, packed } = await framesFor(c, order);
  const day = new Date(order.date).toISOString().slice(0, 10).replaceAll("-", "");
  return new Response(listStream(format, listed(c, pages, order), missing), {
    headers: {
      ...cachingHeaders(false, false),
      ...missingHeaders({ missing, packed }),
      "Content-Type": contentType,
      "Content-Disposition": attachment(`pyobsdata-${day}.${extension}`),
    },
  });
}
