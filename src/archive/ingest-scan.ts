/**
 * Reads a file's structure while its bytes pass by: what it is wrapped in, every header, and whether all data units are
 * whole. Headers are kept, data units are passed over (or summed up, where they have a checksum), so memory does not
 * grow with the file.
 */
import { createGunzip, type Gunzip } from "node:zlib";
import { verifyChecksum } from "../fits/checksum.ts";
import { FitsError } from "../fits/errors.ts";
import { FitsFile } from "../fits/file.ts";
import type { Hdu } from "../fits/hdu.ts";
import { Checksums, type Sums } from "./checksums.ts";
import { ArchiveError } from "./errors.ts";
import { PassingSource } from "./ingest-source.ts";

/** HDUs of one file; the largest mosaic cameras have a few hundred. */
const MOST_HDUS = 1000;
/** Warnings kept on a frame; a file with thousands of bad cards says the same a thousand times. */
const MOST_WARNINGS = 20;

/** First bytes of what is taken for something else than FITS. Longest first. */
const WRAPPERS: { name: string; magic: number[] }[] = [
  { name: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { name: "zip", magic: [0x50, 0x4b, 0x03, 0x04] },
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: "bzip2", magic: [0x42, 0x5a, 0x68] },
  { name: "compress (.Z)", magic: [0x1f, 0x9d] },
];
const LONGEST_MAGIC = 6;

export interface Scanned {
  /** The image named SCI, else the first image. */
  science: Hdu;
  primary: Hdu;
  /** Whether the file is a gzip of a FITS file. */
  gzip: boolean;
  /** Whether the science image is tile-compressed (.fits.fz). */
  packed: boolean;
  warnings: string[];
  /** What the plain FITS file inside a gzip is known by; null where there is none, or a packed one. */
  plain: Sums | null;
}

export type ScannedSoFar = Omit<Scanned, "warnings" | "plain">;

export class IngestScan {
  private readonly source = new PassingSource();
  private readonly file = new FitsFile(this.source, {});
  private readonly reading: Promise<void>;
  private failure: { error: unknown } | null = null;
  private head: Uint8Array | null = new Uint8Array(0);
  private inflater: Inflater | null = null;
  private readonly inflated = new Checksums();
  private first: Hdu | null = null;
  private sci: Hdu | null = null;
  private primary: Hdu | null = null;
  private readonly checksumWarnings: string[] = [];

  constructor(private readonly maxInflatedBytes: number) {
    this.reading = this.readHdus();
  }

  /** As far as it is known yet: a later image named SCI takes the place of one without that name. */
  private get science(): Hdu | null {
    return this.sci ?? this.first;
  }

  /** What is known before the end; null while there is no image yet. */
  get soFar(): ScannedSoFar | null {
    const { science, primary } = this;
    if (science === null || primary === null) return null;
    return { science, primary, gzip: this.inflater !== null, packed: science.kind === "compressed-image" };
  }

  /** Takes the next bytes of the file. Throws FitsError and ArchiveError as soon as something is known to be wrong. */
  async push(bytes: Uint8Array): Promise<void> {
    this.throwFailure();
    if (this.head === null) {
      await this.pass(bytes);
    } else {
      const head = new Uint8Array(this.head.length + bytes.length);
      head.set(this.head);
      head.set(bytes, this.head.length);
      this.head = head;
      if (head.length >= LONGEST_MAGIC) await this.begin();
    }
    this.throwFailure();
  }

  /** The whole file has come. Throws NO_IMAGE where there is none, TRUNCATED where data are missing. */
  async end(): Promise<Scanned> {
    if (this.head !== null) await this.begin();
    await this.inflater?.end();
    this.source.end();
    await this.reading;
    this.throwFailure();
    const { soFar } = this;
    if (soFar === null) throw new FitsError("NO_IMAGE", this.whyNoImage());
    const plain = soFar.gzip && !soFar.packed ? this.inflated.sums() : null;
    return { ...soFar, warnings: this.warnings(), plain };
  }

  private whyNoImage(): string {
    if (this.primary?.header.get("SIMPLE") !== false) return "the file has no image";
    // FITS 4.0 §4.4.1.1.
    return "SIMPLE = F in its first header says that it does not conform to FITS, so its data cannot be told to be an image";
  }

  /** Ends whatever still runs. May be called at any time. */
  async close(): Promise<void> {
    this.source.close();
    this.source.end();
    this.inflater?.destroy();
    await this.reading;
  }

  private async begin(): Promise<void> {
    const head = this.head ?? new Uint8Array(0);
    this.head = null;
    if (head[0] === 0x1f && head[1] === 0x8b) {
      this.inflater = new Inflater(this.maxInflatedBytes, (bytes) => {
        this.inflated.update(bytes);
        return this.source.feed(bytes);
      });
    }
    const wrapper = WRAPPERS.find(({ magic }) => magic.every((byte, index) => head[index] === byte));
    if (wrapper !== undefined) {
      throw new ArchiveError(
        "UNSUPPORTED",
        `it is compressed by ${wrapper.name}, which is not taken; send it as .fits, .fits.gz or .fits.fz`,
      );
    }
    await this.pass(head);
  }

  private async pass(bytes: Uint8Array): Promise<void> {
    if (this.inflater === null) await this.source.feed(bytes);
    else await this.inflater.push(bytes);
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure.error;
  }

  private async readHdus(): Promise<void> {
    try {
      for (let index = 0; ; index++) {
        const hdu = await this.nextHdu(index);
        if (hdu === null) return;
        if (index === MOST_HDUS) {
          throw new FitsError("UNSUPPORTED", `the file has more than ${MOST_HDUS} HDUs`, { hdu: index });
        }
        this.primary ??= hdu;
        if (hdu.image !== undefined) {
          this.first ??= hdu;
          if (hdu.extname.toUpperCase() === "SCI") this.sci ??= hdu;
        }
        const { warnings } = await verifyChecksum(hdu);
        this.checksumWarnings.push(...warnings.map(({ message }) => message));
      }
    } catch (error) {
      this.failure = { error };
    } finally {
      this.source.close();
    }
  }

  private async nextHdu(index: number): Promise<Hdu | null> {
    try {
      return await this.file.hdu(index);
    } catch (error) {
      if (error instanceof FitsError && error.code === "NO_SUCH_HDU") return null;
      throw error;
    }
  }

  private warnings(): string[] {
    const messages = [...new Set([...this.file.warnings.map(({ message }) => message), ...this.checksumWarnings])];
    const more = messages.length - MOST_WARNINGS;
    return more > 0 ? [...messages.slice(0, MOST_WARNINGS), `and ${more} more of this kind`] : messages;
  }
}

/** Inflates a gzip of any number of members as it passes, a bounded piece at a time. */
class Inflater {
  private readonly gunzip: Gunzip = createGunzip({ chunkSize: 64 * 1024 });
  private readonly done: Promise<void>;
  private failure: { error: unknown } | null = null;

  constructor(limit: number, take: (bytes: Uint8Array) => Promise<void>) {
    this.done = this.drain(limit, take).catch((error: unknown) => {
      this.failure = { error };
      this.gunzip.destroy();
    });
  }

  async push(bytes: Uint8Array): Promise<void> {
    // The stream may hold on to what it is given, and the caller's buffer is used again.
    const copy = bytes.slice();
    const written = new Promise<void>((resolve) => {
      this.gunzip.write(copy, () => resolve());
    });
    await Promise.race([written, this.done]);
    this.throwFailure();
  }

  async end(): Promise<void> {
    this.gunzip.end();
    await this.done;
    this.throwFailure();
  }

  destroy(): void {
    this.gunzip.destroy();
  }

  private throwFailure(): void {
    if (this.failure === null) return;
    const { error } = this.failure;
    if (error instanceof FitsError || error instanceof ArchiveError) throw error;
    const code = (error as { code?: unknown }).code;
    if (code === "Z_BUF_ERROR") throw new FitsError("TRUNCATED", "its gzip ends too early", {}, { cause: error });
    throw new FitsError("CORRUPT", "its gzip is broken and cannot be inflated", {}, { cause: error });
  }

  private async drain(limit: number, take: (bytes: Uint8Array) => Promise<void>): Promise<void> {
    let size = 0;
    for await (const bytes of this.gunzip as AsyncIterable<Uint8Array>) {
      size += bytes.length;
      if (size > limit) {
        throw new ArchiveError("TOO_LARGE", `its gzip inflates to more than ${limit} bytes (MAX_INFLATED_BYTES)`);
      }
      await take(bytes);
    }
  }
}
