/** What can be wrong with a FITS file. Codes are stable: tests, logs and API answers name them. */
export type FitsErrorCode =
  | "NOT_FITS" // does not begin with SIMPLE (FITS 4.0 §4.4.1.1)
  | "TRUNCATED" // ends inside a header or a data unit
  | "BAD_CARD" // a card that breaks the syntax of §4.1
  | "MISSING_KEYWORD" // a mandatory keyword is not there
  | "BAD_VALUE" // a keyword whose value is out of its range or of the wrong type
  | "NO_SUCH_HDU"
  | "NO_IMAGE" // there is no image where one was asked for
  | "UNSUPPORTED" // legal, but not read by this code
  | "CORRUPT" // compressed data that contradict themselves
  | "TOO_LARGE" // more bytes than the reader allows (a gzip that inflates without end, an absurd header)
  | "TRAILING_BYTES" // bytes behind the last HDU; only ever a warning
  | "CHECKSUM"; // CHECKSUM or DATASUM does not agree with the bytes; only ever a warning

/** A fault of a FITS file, with the place it was found at. */
export class FitsError extends Error {
  override readonly name = "FitsError";
  constructor(
    readonly code: FitsErrorCode,
    message: string,
    /** `offset`: bytes from the start of the file; `hdu`: index from 0; `keyword`: the card concerned. */
    readonly at: { offset?: number; hdu?: number; keyword?: string; tile?: number } = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
