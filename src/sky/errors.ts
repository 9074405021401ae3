/** What can be wrong with a text or a header that speaks of the sky or of time. Codes are stable. */
export type SkyErrorCode =
  | "BAD_ANGLE"
  | "BAD_DATE"
  | "BAD_REGION"
  | "BAD_WCS" // keywords that contradict themselves or break FITS 4.0 §8
  | "UNSUPPORTED_WCS" // legal, but a projection or axis type not read here
  | "NO_WCS" // the header has no celestial axes
  | "NO_SOLUTION"; // the point has no counterpart (other hemisphere, distortion without inverse)

export class SkyError extends Error {
  override readonly name = "SkyError";
  constructor(
    readonly code: SkyErrorCode,
    message: string,
    /** `value`: the text refused; `keyword`: the card concerned. */
    readonly at: { value?: string; keyword?: string } = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
