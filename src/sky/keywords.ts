/** What this folder asks of a header. `fits/header.ts` has it; so has any table of keywords. */
export interface Keywords {
  /** The value as a number; undefined: not there. Throws where the card holds something else. */
  number(keyword: string): number | undefined;
  string(keyword: string): string | undefined;
}
