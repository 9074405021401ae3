/** What a command of the program is. */
export interface Command {
  /** The line after "platevault". */
  usage: string;
  summary: string;
  options: Record<string, { type: "string" | "boolean"; value: string; help: string }>;
  /** Answers the exit status. */
  run(positionals: string[], options: Record<string, string | boolean | undefined>): Promise<number>;
}

/** The command was called in a way it does not understand; the program shows its help and exits with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A whole number given as an option. */
export function wholeNumber(options: Record<string, unknown>, name: string, fallback: number, least = 1): number {
  const value = options[name];
  if (value === undefined) return fallback;
  const number = Number(value);
  if (!Number.isInteger(number) || number < least) {
    throw new UsageError(`--${name} is "${value}"; it accepts a whole number of at least ${least}.`);
  }
  return number;
}
