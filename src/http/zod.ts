/**
 * What the bundle takes for the package "zod" (wrangler.toml, alias). @hono/zod-openapi imports the object `z`, and with
 * it all of zod, its messages in some fifty languages included: 267 KiB. Of that object it uses `ZodType` alone.
 */
import { ZodType } from "zod/v4";

export * from "zod/v4";
export const z = { ZodType };
