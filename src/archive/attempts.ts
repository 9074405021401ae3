/**
 * Slows down the guessing of passwords: so many failures for one account from one address, and fewer than a search
 * needs for one account from anywhere. Kept in the isolate's memory: an attacker who reaches many isolates gets a few
 * more tries in each, still far too few, and no stranger's request costs a write to D1.
 */
import { ArchiveError } from "./errors.ts";

const PERIOD = 5 * 60 * 1000;
const MOST_FROM_ADDRESS = 10;
const MOST_FROM_ANYWHERE = 100;
/** Most keys remembered; beyond it the oldest are forgotten. */
const MOST_KEYS = 10_000;

const failures = new Map<string, { count: number; since: number }>();

function limitsOf(username: string, address: string): [key: string, most: number][] {
  const name = username.toLowerCase();
  return [
    [`${address}\0${name}`, MOST_FROM_ADDRESS],
    [`\0${name}`, MOST_FROM_ANYWHERE],
  ];
}

/** Throws RATE_LIMITED after too many failures. `now`: milliseconds. */
export function checkAttempts(username: string, address: string, now: number): void {
  for (const [key, most] of limitsOf(username, address)) {
    const seen = failures.get(key);
    if (seen === undefined || now - seen.since >= PERIOD || seen.count < most) continue;
    const retryAfter = Math.ceil((seen.since + PERIOD - now) / 1000);
    throw new ArchiveError("RATE_LIMITED", `Too many failed attempts. Try again in ${retryAfter} seconds.`, {
      retryAfter,
    });
  }
}

export function countFailure(username: string, address: string, now: number): void {
  for (const [key] of limitsOf(username, address)) {
    const seen = failures.get(key);
    if (seen === undefined || now - seen.since >= PERIOD) {
      failures.delete(key);
      failures.set(key, { count: 1, since: now });
    } else {
      seen.count++;
    }
  }
  for (const key of failures.keys()) {
    if (failures.size <= MOST_KEYS) break;
    failures.delete(key);
  }
}

/** Forgets the failures from one address after a success there. */
export function clearAttempts(username: string, address: string): void {
  failures.delete(limitsOf(username, address)[0]![0]);
}
