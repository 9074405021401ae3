/** Frames that a header names as what it was made from or calibrated with. */
import type { HeaderLookup } from "./header-lookup.ts";
import { basenameOf } from "./names.ts";

/**
 * pyobs: L1AVG*, L1BIAS, L1DARK, L1FLAT, L1RAW; Las Cumbres: L1IDBIAS and its like; IRAF's imcombine: IMCMBnnn. IRAF's
 * ZEROCOR and the like hold sentences, not names, so they are left out.
 */
const PATTERN = /^(?:L1AVG.*|L1BIAS|L1DARK|L1FLAT|L1RAW|L1ID(?:BIAS|DARK|FLAT|MASK)|IMCMB\d+)$/;
const NOTHING = ["N/A", "NONE", "UNKNOWN", "UNSPECIFIED"];

/** Basenames in the order of the header, each once; without directories, extensions and IRAF's `[extension]`. */
export function relatedNames(lookup: HeaderLookup): string[] {
  const names = new Set<string>();
  for (const { value } of lookup.matching(PATTERN)) {
    if (typeof value !== "string" || NOTHING.includes(value.trim().toUpperCase())) continue;
    const name = basenameOf(value.trim().replace(/(?:\[[^\]]*\])+$/, ""));
    if (name !== null && name.length <= 255) names.add(name);
  }
  return [...names];
}
