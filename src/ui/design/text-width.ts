/** How wide texts are in the app's font, without laying them out. */

const EM = 100;
const MOST = 10_000;
const widths = new Map<string, number>();
let pen: OffscreenCanvasRenderingContext2D | null = null;

/** Width of a text, em of its own size. */
export function textWidth(text: string): number {
  const known = widths.get(text);
  if (known !== undefined) return known;
  if (pen === null) {
    pen = new OffscreenCanvas(1, 1).getContext("2d")!;
    pen.font = `500 ${EM}px ${getComputedStyle(document.body).fontFamily}`;
  }
  const width = pen.measureText(text).width / EM;
  if (widths.size >= MOST) widths.clear();
  widths.set(text, width);
  return width;
}
