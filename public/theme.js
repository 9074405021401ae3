// Runs before the first paint, so that nobody in a dark dome is met by a white flash. The choice is made in
// src/ui/design/theme.ts; nothing stored means: as the system prefers.
try {
  const chosen = localStorage.getItem("platevault.theme");
  if (chosen === "light" || chosen === "dark" || chosen === "red") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; then the system's preference holds.
}
