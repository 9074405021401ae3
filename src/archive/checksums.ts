/** The checksums that a file is known by, taken while its bytes pass. */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

export interface Sums {
  size: number;
  crc32: number;
  /** Lower-case hex. */
  md5: string;
  sha256: string;
}

export class Checksums {
  private size = 0;
  private crc = 0;
  private readonly md5 = createHash("md5");
  private readonly sha256 = createHash("sha256");

  update(bytes: Uint8Array): void {
    this.size += bytes.length;
    this.crc = crc32(bytes, this.crc);
    this.md5.update(bytes);
    this.sha256.update(bytes);
  }

  /** Once, at the end. */
  sums(): Sums {
    return { size: this.size, crc32: this.crc, md5: this.md5.digest("hex"), sha256: this.sha256.digest("hex") };
  }
}
