/** TAI - UTC since 1972, from IERS Bulletin C (the list of IANA's `leap-seconds.list`). No leap second is due after 2017. */

/** [UTC ms from which it holds, TAI - UTC in seconds]. */
const STEPS: readonly (readonly [number, number])[] = [
  [Date.UTC(1972, 0, 1), 10],
  [Date.UTC(1972, 6, 1), 11],
  [Date.UTC(1973, 0, 1), 12],
  [Date.UTC(1974, 0, 1), 13],
  [Date.UTC(1975, 0, 1), 14],
  [Date.UTC(1976, 0, 1), 15],
  [Date.UTC(1977, 0, 1), 16],
  [Date.UTC(1978, 0, 1), 17],
  [Date.UTC(1979, 0, 1), 18],
  [Date.UTC(1980, 0, 1), 19],
  [Date.UTC(1981, 6, 1), 20],
  [Date.UTC(1982, 6, 1), 21],
  [Date.UTC(1983, 6, 1), 22],
  [Date.UTC(1985, 6, 1), 23],
  [Date.UTC(1988, 0, 1), 24],
  [Date.UTC(1990, 0, 1), 25],
  [Date.UTC(1991, 0, 1), 26],
  [Date.UTC(1992, 6, 1), 27],
  [Date.UTC(1993, 6, 1), 28],
  [Date.UTC(1994, 6, 1), 29],
  [Date.UTC(1996, 0, 1), 30],
  [Date.UTC(1997, 6, 1), 31],
  [Date.UTC(1999, 0, 1), 32],
  [Date.UTC(2006, 0, 1), 33],
  [Date.UTC(2009, 0, 1), 34],
  [Date.UTC(2012, 6, 1), 35],
  [Date.UTC(2015, 6, 1), 36],
  [Date.UTC(2017, 0, 1), 37],
];

/** UTC ms of an instant given in TAI ms (the same civil notation); null before 1972, when UTC ran at another rate. */
export function taiToUtc(tai: number): number | null {
  for (let i = STEPS.length - 1; i >= 0; i--) {
    const [from, offset] = STEPS[i]!;
    const utc = tai - offset * 1000;
    if (utc >= from) return utc;
    // Inside the leap second itself: 23:59:60.x, which POSIX time shows as 00:00:00.x of the next day.
    if (utc >= from - 1000) return utc + 1000;
  }
  return null;
}
