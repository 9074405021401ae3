/** Everything a use case can refuse. `http/errors.ts` is the one place that turns a code into an HTTP status. */
export type ArchiveErrorCode =
  | "BAD_PARAMETER" // a value that does not parse, or is out of range; `field` names it
  | "UNAUTHENTICATED" // no or bad credentials
  | "FORBIDDEN" // known, but not allowed
  | "NOT_FOUND" // not there, or not for these eyes
  | "CONFLICT" // somebody else did it first
  | "TOO_LARGE"
  | "UNREADABLE" // a file that is not FITS, or broken
  | "UNSUPPORTED"
  | "RATE_LIMITED"
  | "UNAVAILABLE"; // D1, R2 or another part of the archive failed

export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
  constructor(
    readonly code: ArchiveErrorCode,
    message: string,
    /** `field`: the parameter or form field at fault; further facts for logs. Never a secret. */
    readonly details: { field?: string; [fact: string]: unknown } = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
