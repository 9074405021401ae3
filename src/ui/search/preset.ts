/** Spans of time that people ask for by name. Addresses keep the name, which means other dates on other days. */

export const SPANS = ["tonight", "last-night", "last-7-days", "last-30-days", "this-semester"] as const;
export type SpanName = (typeof SPANS)[number];

/** Filters that a span stands for; those it does not name are not set. */
export interface Dates {
  night?: string;
  start?: string;
}

/** Words on a button of its own, and in a sentence. */
export const SPAN_WORDS: Record<SpanName, { short: string; long: string }> = {
  tonight: { short: "Tonight", long: "tonight" },
  "last-night": { short: "Last night", long: "last night" },
  "last-7-days": { short: "7 days", long: "the last 7 days" },
  "last-30-days": { short: "30 days", long: "the last 30 days" },
  "this-semester": { short: "Semester", long: "this semester" },
};

const DAY = 86_400_000;

function date(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/**
 * The dates of a span at a moment. A night bears the date of its evening, and lasts from noon to noon; whose noon, only
 * a site's longitude would tell, so the clock of the person who asks is taken: `offset` is its minutes west of UTC, as
 * Date.getTimezoneOffset gives it. Semesters run February to July and August to January.
 */
export function datesOf(span: SpanName, now: number, offset: number): Dates {
  const evening = now - offset * 60_000 - DAY / 2;
  switch (span) {
    case "tonight":
      return { night: date(evening) };
    case "last-night":
      return { night: date(evening - DAY) };
    case "last-7-days":
      return { start: date(now - 7 * DAY) };
    case "last-30-days":
      return { start: date(now - 30 * DAY) };
    case "this-semester": {
      const [year, month] = date(now).split("-").map(Number) as [number, number];
      return { start: month >= 8 ? `${year}-08-01` : month >= 2 ? `${year}-02-01` : `${year - 1}-08-01` };
    }
  }
}
