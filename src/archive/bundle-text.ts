/** The text members at the head of every bundle: what is in it, how to check it, and what is not in it. */
import { crc32 } from "node:zlib";
import { Deflate } from "fflate";
import { csvLine } from "../csv.ts";
import type { Frame } from "../store/frame.ts";

/** Names of the text members; no frame may have one of them. */
export const MANIFEST = "manifest.csv";
export const CHECKSUMS = "checksums.sha256";
export const MISSING = "missing.txt";

/** A text as the zip keeps it. */
export interface PackedText {
  name: string;
  size: number;
  crc32: number;
  deflated: Uint8Array;
}

/**
 * Deflates a text that is written bit by bit, so that the manifest of 100,000 frames is never in memory unpacked. The
 * same text gives the same bytes in every isolate, which ranges of the zip rely on: hence fflate, pinned, and not the
 * runtime's zlib, which changes with the runtime.
 */
class TextMember {
  private size = 0;
  private crc = 0;
  private readonly packed: Uint8Array[] = [];
  // Hashes do not deflate below half their hex digits: for 70,000 frames level 6 saves 0.6 % and costs half as much again.
  private readonly deflate = new Deflate({ level: 1 }, (bytes) => this.packed.push(bytes));
  private waiting = "";

  constructor(private readonly name: string) {}

  write(text: string): void {
    this.waiting += text;
    if (this.waiting.length >= 64 * 1024) this.push(false);
  }

  private push(last: boolean): void {
    const bytes = new TextEncoder().encode(this.waiting);
    this.waiting = "";
    this.size += bytes.length;
    this.crc = crc32(bytes, this.crc);
    this.deflate.push(bytes, last);
  }

  end(): PackedText {
    this.push(true);
    const deflated = new Uint8Array(this.packed.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.packed) {
      deflated.set(part, at);
      at += part.length;
    }
    return { name: this.name, size: this.size, crc32: this.crc, deflated };
  }
}

/** A member as the texts describe it. Checksums are of the bytes in the zip. */
export interface Described {
  name: string;
  size: number;
  md5: string;
  sha256: string;
  /** Permanent address of this very file; it wants the rights of whoever opens it. */
  url: string;
}

/** Collects the texts while the members are chosen. */
export class BundleTexts {
  private readonly manifest = new TextMember(MANIFEST);
  private readonly checksums = new TextMember(CHECKSUMS);
  private missing: TextMember | null = null;

  constructor() {
    this.manifest.write("name,id,size,md5,sha256,DATE-OBS,OBJECT,FILTER,url\r\n");
  }

  /** One line in the manifest (RFC 4180) and one for `sha256sum -c`. */
  member(frame: Frame, member: Described): void {
    const cells = [
      member.name,
      frame.id,
      member.size,
      member.md5,
      member.sha256,
      new Date(frame.dateObs).toISOString(),
      frame.object,
      frame.filter,
      member.url,
    ];
    this.manifest.write(csvLine(cells));
    this.checksums.write(`${member.sha256}  ${member.name}\n`);
  }

  /** Something that was asked for and is not here, or not as it was asked for. */
  absent(id: number, reason: string): void {
    if (this.missing === null) {
      this.missing = new TextMember(MISSING);
      this.missing.write("Asked for, and not in this zip or not as asked:\n");
    }
    this.missing.write(`${id}\t${reason}\n`);
  }

  end(): PackedText[] {
    return [this.manifest, this.checksums, this.missing].filter((text) => text !== null).map((text) => text.end());
  }
}
