import type { Frame } from "../api/frame.ts";
import { counted } from "../design/format.ts";
import { lineageOf, type Node, STAGES } from "./lineage.ts";

/** SVG units, which are pixels where there is room for them. */
const WIDTH = 880;
const BOX = { width: 252, height: 44 };
/** Characters of either end of a name that a box has room for, at 0.6 em each. */
const END = 16;
const PITCH = 62;
const TOP = 24;
const GAP = (WIDTH - 3 * BOX.width) / 2;

/**
 * What a product was made from, as a graph whose boxes are links, but for the one of the frame that is looked at. The
 * list below it says the same in words.
 */
export function LineageGraph({ product, used, here }: { product: Frame; used: readonly Frame[]; here: number }) {
  const { nodes, edges, rows } = lineageOf(product, used);
  const height = TOP + rows * PITCH;
  const at = ({ stage, row }: Node) => ({ x: stage * (BOX.width + GAP), y: TOP + row * PITCH });
  /** The height at which a stage begins; null where nothing stands in it. */
  const topOf = (stage: number) => {
    const rows = nodes.filter((node) => node.stage === stage).map((node) => at(node).y);
    return rows.length === 0 ? null : Math.min(...rows);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing is no fieldset of a form
    <svg
      class="lineage"
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="group"
      aria-label={`What ${product.basename} was made from`}
    >
      {STAGES.map((name, stage) => {
        const top = topOf(stage);
        return (
          top !== null && (
            <text key={name} class="lineage-stage" x={stage * (BOX.width + GAP)} y={top - 8}>
              {name}
            </text>
          )
        );
      })}
      {edges.map(([from, to]) => {
        const start = at(nodes[from]!);
        const end = at(nodes[to]!);
        const [x1, y1] = [start.x + BOX.width, start.y + BOX.height / 2];
        const [x2, y2] = [end.x, end.y + BOX.height / 2];
        const bend = (x2 - x1) / 2;
        return (
          <path
            key={`${from} ${to}`}
            class="lineage-edge"
            d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
          />
        );
      })}
      {nodes.map((node, index) => (
        <Box key={index} node={node} {...at(node)} here={node.frame?.id === here} />
      ))}
    </svg>
  );
}

/** Names differ at their end, and begin with the telescope's. */
function shortened(name: string): string {
  return name.length > 2 * END + 1 ? `${name.slice(0, END)}…${name.slice(-END)}` : name;
}

function Box({ node, x, y, here }: { node: Node; x: number; y: number; here: boolean }) {
  const { frame } = node;
  const words =
    frame === null
      ? { first: counted(node.frames, "more frame"), second: "in the list below" }
      : { first: [frame.OBSTYPE, frame.FILTER].filter(Boolean).join(" · "), second: frame.basename };
  const box = (
    <>
      <rect width={BOX.width} height={BOX.height} rx={6} />
      <text x={10} y={18} class="lineage-first">
        {/* The blank parts the two in the link's name, which is what is seen (WCAG 2.5.3); the list has whole names. */}
        {`${words.first} `}
      </text>
      <text x={10} y={34} class="lineage-second">
        {shortened(words.second)}
      </text>
    </>
  );
  const place = { transform: `translate(${x} ${y})` };
  if (here) {
    return (
      <g class="lineage-box here" {...place}>
        {box}
      </g>
    );
  }
  return (
    <a class="lineage-box" href={frame === null ? "#related-list" : `frame/${frame.id}`} {...place}>
      {box}
    </a>
  );
}
