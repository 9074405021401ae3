/**
 * Where the frames that belong together stand in a small graph: raw frames on the left, calibrations in the middle and
 * below them, so that no line runs behind a box, and on the right what was made of them.
 */
import type { Frame } from "../api/frame.ts";

export const STAGES = ["Raw", "Calibrations", "Product"] as const;
export type Stage = 0 | 1 | 2;

export interface Node {
  /** Null: stands for frames that the graph has no room for. */
  frame: Frame | null;
  /** How many frames it stands for. */
  frames: number;
  stage: Stage;
  /** From the top, from 0; half a row where it stands between two. */
  row: number;
}

export interface Lineage {
  nodes: Node[];
  /** Indices into `nodes`: from what was used to what was made of it. */
  edges: [number, number][];
  rows: number;
}

/** Most nodes of a stage; those beyond stand together in the last one. */
const MOST = 6;

/** Header terms for calibrations, pyobs's and Las Cumbres'. */
export const CALIBRATION = /bias|dark|flat|bpm|standard|lamp|arc/i;

/** `frame` and the frames that its header names. Edges are those of the headers: `related_frames`. */
export function lineageOf(frame: Frame, related: readonly Frame[]): Lineage {
  const stages: [Frame[], Frame[], Frame[]] = [[], [], [frame]];
  for (const other of related) stages[CALIBRATION.test(other.OBSTYPE) ? 1 : 0].push(other);
  /** The product stands beside the raw frames, or where there are none beside the calibrations. */
  const middle = (Math.min((stages[0].length === 0 ? stages[1] : stages[0]).length, MOST) - 1) / 2;
  const nodes: Node[] = [];
  /** Which node a frame is in. */
  const nodeOf = new Map<number, number>();
  for (const [index, frames] of stages.entries()) {
    const stage = index as Stage;
    const alone = frames.length <= MOST ? frames : frames.slice(0, MOST - 1);
    const top = stage === 1 ? Math.min(stages[0].length, MOST) : stage === 2 ? middle : 0;
    for (const [row, one] of alone.entries()) {
      nodeOf.set(one.id, nodes.push({ frame: one, frames: 1, stage, row: top + row }) - 1);
    }
    const rest = frames.slice(alone.length);
    if (rest.length === 0) continue;
    const last = nodes.push({ frame: null, frames: rest.length, stage, row: top + alone.length }) - 1;
    for (const { id } of rest) nodeOf.set(id, last);
  }
  const edges = new Map<string, [number, number]>();
  for (const made of [...related, frame]) {
    for (const used of made.related_frames) {
      const [from, to] = [nodeOf.get(used), nodeOf.get(made.id)];
      if (from !== undefined && to !== undefined && from !== to) edges.set(`${from} ${to}`, [from, to]);
    }
  }
  return { nodes, edges: [...edges.values()], rows: Math.max(...nodes.map(({ row }) => row)) + 1 };
}
