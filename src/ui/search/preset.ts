/** Spans of time that people ask for by name. */

export interface Preset {
  name: string;
  /** Filters it sets; those of the other presets are taken away. */
  filters: { night: string | null; start: string | null; end: string | null };
}

const DAY = 86_400_000;

function date(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/**
 * The presets at a moment. A night bears the date of its evening, and lasts from noon to noon; whose noon, only a
 * site's longitude would tell, so the clock of the person who asks is taken: `offset` is its minutes west of UTC, as
 * Date.getTimezoneOffset gives it. Semesters run February to July and August to January.
 */
export function presets(now: number, offset: number): Preset[] {
  const evening = now - offset * 60_000 - DAY / 2;
  const [year, month] = date(now).split("-").map(Number) as [number, number];
  const semester = month >= 8 ? `${year}-08-01` : month >= 2 ? `${year}-02-01` : `${year - 1}-08-01`;
  const since = (days: number) => ({ night: null, start: date(now - days * DAY), end: null });
  return [
    { name: "All", filters: { night: null, start: null, end: null } },
    { name: "Tonight", filters: { night: date(evening), start: null, end: null } },
    { name: "Last night", filters: { night: date(evening - DAY), start: null, end: null } },
    { name: "7 days", filters: since(7) },
    { name: "30 days", filters: since(30) },
    { name: "Semester", filters: { night: null, start: semester, end: null } },
  ];
}
