import type { Tool } from "./tool.ts";

/** Line icons of the viewer's own, on the grid of design/icon.tsx. Always decoration. */
const PATHS: Record<Tool | "grid" | "sources" | "marks" | "invert" | "north" | "compare" | "picture" | "fill", string> =
  {
    move: "M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3",
    levels: "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
    star: "M12 7.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9M12 2v3M12 19v3M2 12h3M19 12h3",
    line: "M5 19L19 5M3.5 17.5l3 3M17.5 3.5l3 3",
    box: "M4 6h16v12H4z",
    circle: "M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16M12 12h.01",
    grid: "M4 9c5-2 11-2 16 0M4 16c5-2 11-2 16 0M9 4c-2 5-2 11 0 16M16 4c-2 5-2 11 0 16",
    sources:
      "M7 4.5a3 3 0 1 0 0 6a3 3 0 0 0 0-6M17 11a3 3 0 1 0 0 6a3 3 0 0 0 0-6M7.5 16.5a2 2 0 1 0 0 4a2 2 0 0 0 0-4",
    marks: "M12 20V5M8.5 8.5L12 5l3.5 3.5M4 20h16",
    invert: "M4 4h16v16H4zM12 4v16M15 8h2M15 12h2M15 16h2",
    north: "M12 3l5 17-5-4-5 4z",
    compare: "M4 5h10v10H4zM10 9h10v10H10z",
    fill: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
    picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-2.5 4 3.5M15.5 9h.01",
  };

export function ToolIcon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg
      width="1.125rem"
      height="1.125rem"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.9"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
