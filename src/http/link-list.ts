/** Lists of signed links for download programs. */
import { UniqueNames } from "../archive/bundle-names.ts";
import { type Listed, type ListFormat, listHeaders, listStream } from "../archive/link-list.ts";
import { ALL_USES, linkExpiry, signLink } from "../archive/links.ts";
import { framesOf, type Wish } from "../archive/wish.ts";
import type { Sight } from "../store/frame.ts";
import { attachment } from "./attachment.ts";
import { cachingHeaders } from "./caching.ts";
import type { HttpContext } from "./context.ts";

interface ListOrder {
  wish: Wish;
  sight: Sight;
  user: number | null;
  uncompress: boolean;
  date: number;
  until: number;
}

/** Throws what the first page throws, before the answer begins. */
async function begun<T>(pages: AsyncGenerator<T>): Promise<AsyncGenerator<T>> {
  const first = await pages.next();
  return (async function* () {
    if (!first.done) yield first.value;
    yield* pages;
  })();
}

async function* listed(c: HttpContext, { wish, sight, user, uncompress, until }: ListOrder): AsyncGenerator<Listed[]> {
  const { config, catalogue, root } = c.var;
  const expires = Math.max(linkExpiry(config, Date.now()), until);
  const names = new UniqueNames();
  for await (const page of framesOf(catalogue, wish, sight, config.zipMaxFrames, () => {})) {
    yield page.map((frame) => {
      const original = uncompress ? frame.file.original : null;
      const { filename, size, md5, sha256 } = original ?? frame.file;
      const link = signLink(config, { frame: frame.id, version: frame.version, user, uses: ALL_USES, expires });
      return {
        id: frame.id,
        name: names.take(filename),
        size,
        md5,
        sha256,
        dateObs: frame.dateObs,
        object: frame.object,
        filter: frame.filter,
        url: `${root}frames/${frame.id}/download/?${link}${original === null ? "" : "&format=fits"}`,
      };
    });
  }
}

/** The list as a stream, in the words of `format`. */
export async function answerList(c: HttpContext, format: ListFormat, order: ListOrder): Promise<Response> {
  const { contentType, extension } = listHeaders(format);
  const pages = await begun(listed(c, order));
  const day = new Date(order.date).toISOString().slice(0, 10).replaceAll("-", "");
  return new Response(listStream(format, pages), {
    headers: {
      ...cachingHeaders(false, false),
      "Content-Type": contentType,
      "Content-Disposition": attachment(`pyobsdata-${day}.${extension}`),
    },
  });
}
