/** The days of a year as a calendar lays them out. Nights are `YYYY-MM-DD`. */

const DAY = 86_400_000;

export const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
] as const;

/** Weeks from Monday to Sunday; null where a day belongs to another month. */
export function weeksOf(year: number, month: number): (string | null)[][] {
  const first = Date.UTC(year, month, 1);
  const before = (new Date(first).getUTCDay() + 6) % 7;
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const cells = Array.from({ length: Math.ceil((before + length) / 7) * 7 }, (_, i) => {
    const day = i - before;
    return day < 0 || day >= length ? null : dateOf(first + day * DAY);
  });
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(7 * week, 7 * week + 7));
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The night some days later, or earlier. */
export function shifted(night: string, days: number): string {
  return dateOf(Date.parse(`${night}T00:00:00Z`) + days * DAY);
}

/** `14 March 2026`. */
export function spelled(night: string): string {
  const [year, month, day] = night.split("-").map(Number) as [number, number, number];
  return `${day} ${MONTHS[month - 1]} ${year}`;
}

/** The day an arrow or page key leads to (APG, date grid); null for other keys. Stays within the year. */
export function stepped(night: string, key: string): string | null {
  const [year, month, day] = night.split("-").map(Number) as [number, number, number];
  const weekday = (new Date(`${night}T00:00:00Z`).getUTCDay() + 6) % 7;
  const inMonth = (to: number) => {
    const last = new Date(Date.UTC(year, to, 0)).getUTCDate();
    return dateOf(Date.UTC(year, to - 1, Math.min(day, last)));
  };
  const steps: Record<string, () => string> = {
    ArrowLeft: () => shifted(night, -1),
    ArrowRight: () => shifted(night, 1),
    ArrowUp: () => shifted(night, -7),
    ArrowDown: () => shifted(night, 7),
    Home: () => shifted(night, -weekday),
    End: () => shifted(night, 6 - weekday),
    PageUp: () => inMonth(month - 1),
    PageDown: () => inMonth(month + 1),
  };
  const next = steps[key]?.();
  if (next === undefined) return null;
  return next.startsWith(`${year}-`) ? next : night;
}

/** Upper bounds of the first levels of a heat map: quarters of the nights that have frames. */
export function levelsOf(counts: readonly number[]): number[] {
  const sorted = [...counts].sort((a, b) => a - b);
  const bounds = [0.25, 0.5, 0.75].map((part) => sorted[Math.floor(part * (sorted.length - 1))] ?? 0);
  return [...new Set(bounds)];
}

/** 1 for the fewest frames, counting up; 0 for none. */
export function levelOf(count: number, bounds: readonly number[]): number {
  if (count === 0) return 0;
  return 1 + bounds.filter((bound) => count > bound).length;
}
