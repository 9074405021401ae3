/** Says in an answer's head what is not in it as asked for; bodies say it where their format has a place. */

/** Structured fields (RFC 9651): how many, and which, of them at most `MOST`. `2;ids="7 9"` */
const MISSING = "X-Platevault-Missing";
const PACKED = "X-Platevault-Packed";
const MOST = 100;

function field(name: string, ids: readonly number[]): Record<string, string> {
  return ids.length === 0 ? {} : { [name]: `${ids.length};ids="${ids.slice(0, MOST).join(" ")}"` };
}

/** `missing`: ids that are not in the answer; `packed`: of those in it, what could not be unpacked as asked. */
export function missingHeaders(about: {
  missing: readonly number[];
  packed: readonly number[];
}): Record<string, string> {
  return { ...field(MISSING, about.missing), ...field(PACKED, about.packed) };
}

const described = (what: string) => ({
  description: `Only where there are any: number of the frames ${what}, and the ids of the first ${MOST} of them.`,
  schema: { type: "string" as const, example: '2;ids="7 9"' },
});

/** For the API description of an answer. */
export const MissingHeaders = {
  [MISSING]: described("that were asked for by id and are not in the archive, not for these eyes, or lost"),
  [PACKED]: described("that were to be unpacked, cannot be, and are given as they were uploaded"),
};
