import type { FitsErrorCode } from "./errors.ts";

/** How a breach of the standard is met: repaired and noted, kept as it is and noted, or refused. As astropy's levels. */
export type Strictness = "fix" | "warn" | "refuse";

/** A breach that was lived with. `at` as in {@link import("./errors.ts").FitsError}. */
export interface FitsWarning {
  readonly code: FitsErrorCode;
  readonly message: string;
  readonly at: { readonly offset?: number; readonly hdu?: number; readonly keyword?: string };
}
