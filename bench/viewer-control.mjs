/**
 * What a browser itself can do where the viewer is measured: a page with nothing but a canvas of the size of the image,
 * which is cleared with every frame, without anything drawn on it. No page that shows something that changes on as many
 * pixels can be faster than that.
 */
import { visit } from "../test/browser/chromium.ts";

export const CONTROLS = ["2d", "webgl2"];

/**
 * `frames`: when each of the page's frames began, ms, for `seconds`; `spent`: milliseconds of the drawing process meanwhile.
 * `size`: of the canvas, CSS pixels. `drawing`: tells the seconds that the drawing process has taken.
 */
export async function control(browser, screen, size, kind, seconds, drawing) {
  const { context, page } = await visit(browser, screen);
  await page.setContent(
    `<style>body { margin: 0 } canvas { display: block; margin: 200px 16px }</style><canvas></canvas>`,
  );
  await page.evaluate(`{
    const canvas = document.querySelector("canvas");
    canvas.width = ${Math.round(size.width)};
    canvas.height = ${Math.round(size.height)};
    const kind = ${JSON.stringify(kind)};
    const context = canvas.getContext(kind, { alpha: false, antialias: false });
    window.frames = [];
    const draw = (now) => {
      const grey = frames.push(now) % 2 === 0 ? 0.2 : 0.3;
      if (kind === "2d") {
        context.fillStyle = "rgb(" + Array(3).fill(255 * grey).join() + ")";
        context.fillRect(0, 0, canvas.width, canvas.height);
      } else {
        context.clearColor(grey, grey, grey, 1);
        context.clear(context.COLOR_BUFFER_BIT);
      }
      requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
  }`);
  await page.waitForTimeout(1000);
  await page.evaluate("frames.length = 0");
  const before = drawing();
  await page.waitForTimeout(seconds * 1000);
  const frames = await page.evaluate("frames");
  const spent = 1000 * (drawing() - before);
  await context.close();
  return { frames, spent };
}
