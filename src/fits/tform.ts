/** TFORMn of binary tables (FITS 4.0 §7.3.1, Table 18). */
import { FitsError } from "./errors.ts";

/** L logical, X bit, B/I/J/K integers, A character, E/D floats, C/M complex. */
export type ElementType = "L" | "X" | "B" | "I" | "J" | "K" | "A" | "E" | "D" | "C" | "M";

export interface TableFormat {
  readonly type: ElementType;
  /** Elements in a cell; for a variable-length column undefined (each row has its own). */
  readonly repeat: number | undefined;
  /** "P" (32-bit) or "Q" (64-bit) where the row holds a descriptor and the elements stand in the heap. */
  readonly descriptor: "P" | "Q" | undefined;
  /** Bytes in the row. */
  readonly width: number;
}

/** Bytes of one element; X counts in bits and is not here. */
export const ELEMENT_BYTES: Record<Exclude<ElementType, "X">, number> = {
  L: 1,
  B: 1,
  I: 2,
  J: 4,
  K: 8,
  A: 1,
  E: 4,
  D: 8,
  C: 8,
  M: 16,
};

/** Bytes that `count` elements take. */
export function bytesOf(type: ElementType, count: number): number {
  return type === "X" ? Math.ceil(count / 8) : count * ELEMENT_BYTES[type];
}

export function parseTform(text: string, keyword: string): TableFormat {
  const match = /^\s*(\d*)([LXBIJKAEDCMPQ])([LXBIJKAEDCM]?)/.exec(text.toUpperCase());
  if (!match) throw new FitsError("BAD_VALUE", `${keyword} = '${text}' is no table format`, { keyword });
  const repeat = match[1] === "" ? 1 : Number(match[1]);
  const letter = match[2]!;
  if (!Number.isSafeInteger(repeat * 16)) {
    throw new FitsError("BAD_VALUE", `${keyword} = '${text}' repeats too often`, { keyword });
  }
  if (letter === "P" || letter === "Q") {
    if (match[3] === "" || repeat > 1) {
      throw new FitsError("BAD_VALUE", `${keyword} = '${text}' is no array descriptor`, { keyword });
    }
    // §7.3.5: a repeat count of 0 is a column without any descriptor.
    const width = repeat * (letter === "P" ? 8 : 16);
    return { type: match[3] as ElementType, repeat: undefined, descriptor: letter, width };
  }
  const type = letter as ElementType;
  return { type, repeat, descriptor: undefined, width: bytesOf(type, repeat) };
}
