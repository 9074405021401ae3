import { addShape, type Category } from "./category.ts";
import { count } from "./format.ts";

/** Which mark stands for what, with the number of frames behind each. */
export function Legend({ categories, label }: { categories: Iterable<Category>; label: string }) {
  return (
    <ul class="legend" aria-label={label}>
      {[...categories].map(({ value, label: name, slot, count: frames }) => (
        <li key={value}>
          <svg width="0.875rem" height="0.875rem" viewBox="0 0 14 14" aria-hidden="true" class={`cat-${slot}`}>
            <path d={shapeOf(slot)} />
          </svg>
          {name} <span class="muted">{count(frames)}</span>
        </li>
      ))}
    </ul>
  );
}

/** The slot's shape as SVG, from the same outline that the canvas draws. */
function shapeOf(slot: number): string {
  const parts: string[] = [];
  const path = {
    moveTo: (x: number, y: number) => parts.push(`M${x} ${y}`),
    lineTo: (x: number, y: number) => parts.push(`L${x} ${y}`),
    closePath: () => parts.push("Z"),
    arc: (x: number, y: number, r: number) =>
      parts.push(`A${r} ${r} 0 1 1 ${x - r} ${y}A${r} ${r} 0 1 1 ${x + r} ${y}`),
  };
  addShape(path as unknown as Path2D, slot, 7, 7, 6);
  return parts.join("");
}
