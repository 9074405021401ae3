/** The four ways the app can look. "auto" follows the system; public/theme.js applies the choice before first paint. */
import { signal } from "@preact/signals";
import { recall, remember } from "./memory.ts";

export const THEMES = ["auto", "light", "dark", "red"] as const;
export type Theme = (typeof THEMES)[number];

export const THEME_NAMES: Record<Theme, string> = {
  auto: "As the system",
  light: "Light",
  dark: "Dark",
  red: "Red, for the dome",
};

function stored(): Theme {
  const value = recall("theme");
  return THEMES.find((theme) => theme === value) ?? "auto";
}

export const theme = signal<Theme>(stored());

export function choose(value: Theme): void {
  theme.value = value;
  if (value === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
  remember("theme", value === "auto" ? null : value);
}
