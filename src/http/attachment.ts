/** Content-Disposition and Content-Type of files that are taken home. */

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function percentEncoded(text: string): string {
  // RFC 8187 §3.2.1: attr-char is narrower than what encodeURIComponent leaves alone.
  return encodeURIComponent(text).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * `attachment; filename=NAME`, bare as pyobs-archive writes it where NAME is a token, else quoted, with the exact name
 * beside an approximation in ASCII where it takes one (RFC 6266 §4.3). Names never break out of the header.
 */
export function attachment(filename: string): string {
  if (TOKEN.test(filename)) return `attachment; filename=${filename}`;
  const wellFormed = filename.toWellFormed();
  const plain = wellFormed.replace(/[^\x20-\x7e]/g, "_");
  const quoted = `attachment; filename="${plain.replace(/["\\]/g, "\\$&")}"`;
  // Browsers differ in `\"` and in percent signs (RFC 6266 appendix D); the extended form has neither.
  const exact = plain === wellFormed && !/["\\%]/.test(plain);
  return exact ? quoted : `${quoted}; filename*=UTF-8''${percentEncoded(wellFormed)}`;
}

/** By the file's name. FITS also when tile-compressed (`.fz` is FITS); a gzip is named as one, never as an encoding. */
export function contentTypeOf(filename: string): string {
  if (/\.(gz|z)$/i.test(filename)) return "application/gzip";
  if (/\.bz2$/i.test(filename)) return "application/x-bzip2";
  return "image/fits";
}

/** What pyobs-archive's page waits for before it takes its "please wait" away. */
export const DOWNLOAD_COOKIE = "fileDownload=true; Path=/";
