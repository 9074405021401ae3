/** A frame's FITS headers, read from the file by ranges. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { openFrameFile } from "../archive/frame-file.ts";
import type { Card, CardValue } from "../fits/card.ts";
import type { Header } from "../fits/header.ts";
import { FRAME_PATH, FrameParameters, flagOf, requireFile, resource, VersionParameter } from "./context.ts";

export const headers = resource();

const CardSchema = z.object({ key: z.string(), value: z.any(), comment: z.string() });
const FileCardSchema = CardSchema.extend({
  images: z
    .array(z.string())
    .openapi({ description: "The 80 columns as they stand in the file; several where CONTINUE follows" }),
});

const HeadersSchema = z.object({
  results: z.array(CardSchema).openapi({ description: "Cards of the science image, sorted by key, no commentary" }),
  data: z.looseObject({}).openapi({ description: "The same as keys and values" }),
  hdus: z
    .array(z.object({ index: z.int(), name: z.string().nullable(), kind: z.string(), cards: z.array(FileCardSchema) }))
    .optional()
    .openapi({ description: "With all=true: every HDU with all its cards in file order" }),
});

/** Bytes read at once: 800 cards, more than most files have before the data of their science image. */
const AHEAD = 64 * 1024;

const COMMENTARY = ["COMMENT", "HISTORY", ""];

interface JsonNumbers {
  /** V8's, not yet in the types: a number with the digits it was written with. */
  rawJSON(text: string): unknown;
}

/** As JSON has it: real numbers stay real (`2.0`), and integers beyond 2^53 keep their digits. */
function jsonOf(card: Card): unknown {
  const value: CardValue = card.value;
  const numbers = JSON as typeof JSON & JsonNumbers;
  if (typeof value === "bigint") return numbers.rawJSON(value.toString());
  if (typeof value === "number" && card.type === "real" && Number.isSafeInteger(value)) {
    return numbers.rawJSON(`${Object.is(value, -0) ? "-0" : value}.0`);
  }
  if (typeof value === "object" && value !== null) return `(${value.re}, ${value.im})`;
  return value;
}

function cardObject(card: Card) {
  return { key: card.keyword, value: jsonOf(card), comment: card.comment };
}

/** As pyobs-archive lists them: by key in upper case; one that occurs twice is there twice, with its first value. */
function sortedCards(header: Header) {
  return header.cards
    .filter((card) => !COMMENTARY.includes(card.keyword))
    .map((card) => ({ ...cardObject(header.card(card.keyword)!), key: card.keyword.toUpperCase() }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

headers.openapi(
  createRoute({
    method: "get",
    path: `${FRAME_PATH}/headers/`,
    tags: ["Frames"],
    summary: "The FITS header of the science image",
    request: {
      params: FrameParameters,
      query: VersionParameter.extend({
        all: z
          .string()
          .optional()
          .openapi({ param: { description: "`true` adds every HDU with all cards.", example: "true" } }),
        s: z
          .string()
          .optional()
          .openapi({ param: { description: "Signature of a link, instead of credentials." } }),
      }),
    },
    responses: {
      200: { description: "It", content: { "application/json": { schema: HeadersSchema } } },
      404: { description: "Not there, or not for you" },
    },
  }),
  async (c): Promise<Response> => {
    const all = flagOf(c, "all");
    const frame = await requireFile(c, "headers");
    await using fits = await openFrameFile(c.var.files, frame.file, c.var.config, c.req.raw.signal, AHEAD);
    const science = await fits.science();
    const results = sortedCards(science.header);
    const data = Object.fromEntries(results.map(({ key, value }) => [key, value]));
    if (!all) return c.json({ results, data });
    const hdus = (await fits.hdus()).map((hdu) => ({
      index: hdu.index,
      name: hdu.extname === "" ? null : hdu.extname,
      kind: hdu.kind,
      cards: hdu.header.cards.map((card) => ({ ...cardObject(card), images: card.images })),
    }));
    return c.json({ results, data, hdus });
  },
);
