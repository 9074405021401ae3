/** Colour maps: 256 colours from the lowest to the highest level. */

export const COLORMAPS = ["grey", "invert", "viridis", "magma", "inferno", "heat"] as const;
export type Colormap = (typeof COLORMAPS)[number];

/** Every fifth of matplotlib's 256 colours as RRGGBB; between them a straight line is within one level. CC0. */
const STOPS = {
  viridis:
    "44015446085c471063481769481d6f482475472a7a46307e453781433d844142873f48893d4e8a3a538b38598c355e8d33638d31" +
    "688e2e6d8e2c718e2a768e297b8e27808e25848e23898e218e8d20928c1f978b1e9c891fa18821a58524aa8328ae802eb37c35b7" +
    "793dbc7446c06f50c46a5ac86465cb5e70cf577cd25089d54895d840a2da37b0dd2fbddf26cae11fd8e219e5e419f1e51dfde725",
  magma:
    "00000402020b0504160907200e0b2b140e361a104221114e29115a311165390f6e420f754a107952137c5a167e6219806a1c8172" +
    "1f81792282812581892881912b81992d80a1307eaa337db2357bba3878c23b75ca3e72d2426fd9466be04c67e75263ec5860f160" +
    "5df4695cf7725cf97b5dfb8560fc8e64fd9869fea16efeaa74feb47bfebd82fec68afecf92fed89afde2a3fdebacfcf4b6fcfdbf",
  inferno:
    "00000402020c0504170a072210092d160b391e0c45260c512f0a5b380962400a67490b6a510e6c59106e61136e69166e71196e78" +
    "1c6d801f6c88226a902568982766a02a63a82e5fb0315bb73557bf3952c63d4dcc4248d34743d94d3ddf5337e45a31e9612bed69" +
    "25f1711ff47918f78212f98b0bfa9407fb9d07fca60cfcb014fbba1ffac42af8cd37f6d746f4e156f2ea69f2f27df5f992fcffa4",
};

/** Nodes [level, value] of DS9's `heat`, levels and values 0 to 1, for red, green and blue. */
const HEAT: readonly (readonly (readonly [number, number])[])[] = [
  [
    [0, 0],
    [0.34, 1],
    [1, 1],
  ],
  [
    [0, 0],
    [1, 1],
  ],
  [
    [0, 0],
    [0.65, 0],
    [0.98, 1],
    [1, 1],
  ],
];

/** 256 × 3 bytes, RGB. */
export function coloursOf(colormap: Colormap): Uint8Array {
  const table = new Uint8Array(768);
  for (let level = 0; level < 256; level++) {
    for (let channel = 0; channel < 3; channel++) table[3 * level + channel] = colour(colormap, level, channel);
  }
  return table;
}

/** Whether the colours are shades of grey, so that a picture needs one channel. */
export function isGrey(colormap: Colormap): boolean {
  return colormap === "grey" || colormap === "invert";
}

function colour(colormap: Colormap, level: number, channel: number): number {
  switch (colormap) {
    case "grey":
      return level;
    case "invert":
      return 255 - level;
    case "heat":
      return Math.round(255 * between(HEAT[channel]!, level / 255));
    default: {
      const stops = STOPS[colormap];
      const at = Math.floor(level / 5);
      const byte = (stop: number): number =>
        Number.parseInt(stops.slice(6 * stop + 2 * channel, 6 * stop + 2 * channel + 2), 16);
      const rest = level / 5 - at;
      return Math.round(rest === 0 ? byte(at) : byte(at) * (1 - rest) + byte(at + 1) * rest);
    }
  }
}

function between(nodes: readonly (readonly [number, number])[], x: number): number {
  const next = Math.max(
    1,
    nodes.findIndex(([level]) => level >= x),
  );
  const [x0, y0] = nodes[next - 1]!;
  const [x1, y1] = nodes[next]!;
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}
