/** What the browser remembers for a person: theme, columns, density. Storage may be forbidden; then nothing is kept. */

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(`platevault.${name}`);
  } catch {
    return null;
  }
}

/** Keeps a text, or forgets it when given null. */
export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`platevault.${name}`);
    else localStorage.setItem(`platevault.${name}`, value);
  } catch {
    // Forbidden or full: the choice holds until the page is closed.
  }
}
