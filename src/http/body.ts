/** Small request bodies: fields as JSON, form or multipart, checked by one schema, complaints in DRF's words. */
import * as z from "zod";
import { ArchiveError } from "../archive/errors.ts";
import type { HttpContext } from "./context.ts";

/** More than any form of this archive holds; files never come this way. */
const MOST_BYTES = 1024 * 1024;

/** A text that must be there and not be blank. */
export const requiredText = () =>
  z
    .string({ error: ({ input }) => (input === undefined ? "This field is required." : "Not a valid string.") })
    .min(1, { error: "This field may not be blank." });

/** What a schema refuses, as an error with the complaints by field. */
export function complaint(error: z.core.$ZodError): ArchiveError {
  const fields: Record<string, string[]> = {};
  for (const issue of error.issues) {
    const field = issue.path.length === 0 ? "non_field_errors" : String(issue.path[0]);
    fields[field] = [...(fields[field] ?? []), issue.message];
  }
  return new ArchiveError("BAD_PARAMETER", Object.values(fields).flat().join(" "), { fields });
}

/** The fields of a body by its content type. Throws BAD_PARAMETER, TOO_LARGE or UNSUPPORTED. */
export async function readFields(c: HttpContext): Promise<Record<string, unknown>> {
  const type = (c.req.header("Content-Type") ?? "").split(";")[0]!.trim().toLowerCase();
  if (Number(c.req.header("Content-Length") ?? 0) > MOST_BYTES) {
    throw new ArchiveError("TOO_LARGE", "This request is too large.");
  }
  if (type === "") return {};
  try {
    if (type === "application/json") {
      const parsed: unknown = await c.req.json();
      if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
        return parsed as Record<string, unknown>;
      }
    } else if (type === "application/x-www-form-urlencoded" || type === "multipart/form-data") {
      return Object.fromEntries((await c.req.formData()).entries());
    }
  } catch (cause) {
    throw new ArchiveError("BAD_PARAMETER", "The body of this request cannot be parsed.", {}, { cause });
  }
  if (type === "application/json") throw new ArchiveError("BAD_PARAMETER", "The body must be a JSON object.");
  throw new ArchiveError("UNSUPPORTED", `Unsupported media type "${type}" in request.`);
}

/** The fields, as `schema` has them. */
export async function readBody<T extends z.ZodObject>(c: HttpContext, schema: T): Promise<z.infer<T>> {
  const result = schema.safeParse(await readFields(c));
  if (!result.success) throw complaint(result.error);
  return result.data;
}
