// Runs before the first paint, so that nobody in a dark dome is met by a white flash. The choice is made in
// src/ui/design/theme.ts; "auto" (nothing stored) leaves it to prefers-color-scheme.
(() => {
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark" || theme === "red") document.documentElement.dataset.theme = theme;
  } catch (_) {
    // Storage may be forbidden; then the system's preference holds.
  }
})();
