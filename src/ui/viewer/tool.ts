/** What a click or a drag on the image does, and the keys. */

export const TOOLS = [
  { id: "move", name: "Move", key: "v", does: "Drag moves the image; a click picks a source, two come closer" },
  { id: "levels", name: "Brightness", key: "c", does: "Drag sideways for brightness, up and down for contrast" },
  { id: "star", name: "Star", key: "s", does: "A click measures the star there: FWHM and radial profile" },
  { id: "line", name: "Line", key: "l", does: "Drag a line, or click its ends, to see the values along it" },
  { id: "box", name: "Box", key: "b", does: "Drag a box, or click two corners, for the statistics of its pixels" },
  {
    id: "circle",
    name: "Circle",
    key: "o",
    does: "Drag a circle from its centre, or click centre and edge, for the statistics of its pixels",
  },
] as const;
export type Tool = (typeof TOOLS)[number]["id"];

/** Keys that are no tool's, for the list that people open. */
export const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ["← ↑ → ↓", "Cross-hair by a pixel; with Shift by ten"],
  ["Enter", "The tool at the cross-hair: measure, begin or end a line or region"],
  ["Esc", "Clear what the tool shows"],
  ["+ −", "Closer, further"],
  ["F", "Whole image"],
  ["1", "One pixel is one pixel"],
  ["N, U", "North up, as in the file"],
  ["[ ]", "Darker, brighter"],
  ["{ }", "Less, more contrast"],
  ["Z", "zscale"],
  ["I", "Invert the colours"],
  ["G, K, M", "Grid, catalogue, compass and scale"],
  [", .", "Previous, next frame that is compared"],
  ["Page Up, Page Down", "Plane of a cube"],
  ["P", "Copy the position"],
  ["W", "Fill the screen"],
];
