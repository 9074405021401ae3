/** What cannot be drawn, or is not a way to draw. */
export class ImagingError extends Error {
  override readonly name = "ImagingError";
  constructor(
    readonly code:
      | "BAD_CUTS" // a text that names no cut levels
      | "BAD_SIZE",
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
