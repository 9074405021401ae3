/** A frame that is shown, alone or beside others, and where things of one frame are on another. Pure. */
import type { Frame } from "../api/frame.ts";
import type { LoadedImage } from "./message.ts";
import { middleOf, type Plane, type Point, pixelAt } from "./plane.ts";
import { boxCorners, type Region } from "./region.ts";
import { wcsOf } from "./sky.ts";
import { nodePlace, WARP_CELLS, warped, warpNodes } from "./warp.ts";

export interface Layer {
  frame: Frame;
  image: LoadedImage;
  plane: Plane;
  wcs: ReturnType<typeof wcsOf>;
  /** Where the first frame's pixels lie on it; null for the first. */
  nodes: Float32Array<ArrayBuffer> | null;
}

export function firstLayer(frame: Frame, image: LoadedImage): Layer {
  return { frame, image, plane: { ...image.part, values: image.values }, wcs: wcsOf(image.keywords), nodes: null };
}

/** A layer to be laid on another; null where the two have no world coordinates in common. */
export function layerOn(first: Layer, frame: Frame, image: LoadedImage): Layer | null {
  const layer = firstLayer(frame, image);
  if (first.wcs === null || layer.wcs === null) return null;
  return { ...layer, nodes: warpNodes(first.wcs, first.plane, layer.wcs) };
}

/** Layers laid on another first frame; without those that show nothing of its field. */
export function laidOn(first: Layer, layers: readonly Layer[]): Layer[] {
  return layers.flatMap(({ frame, image }) => {
    const layer = layerOn(first, frame, image);
    return layer !== null && meets(first, layer) ? [layer] : [];
  });
}

/** Whether any part of the sky that the first shows is on the other. */
function meets(first: Layer, { plane, nodes }: Layer): boolean {
  if (nodes === null) return true;
  const [right, top] = [plane.x0 + plane.width, plane.y0 + plane.height];
  for (let i = 0; i < nodes.length; i += 2) {
    if (!(nodes[i]! > plane.x0 && nodes[i]! <= right && nodes[i + 1]! > plane.y0 && nodes[i + 1]! <= top)) continue;
    // The table reaches beyond the first frame; only what lies on it counts.
    const node = i / 2;
    const at = nodePlace(first.plane, node % (WARP_CELLS + 1), Math.floor(node / (WARP_CELLS + 1)));
    if (pixelAt(first.plane, at) !== null) return true;
  }
  return false;
}

/** A place of the first frame on another. */
export function placeOn({ nodes }: Layer, first: Layer, at: Point): Point | null {
  return nodes === null ? at : warped(nodes, first.plane, at);
}

/** A place of another frame on the first. */
export function placeFrom({ nodes, wcs }: Layer, first: Layer, at: Point): Point | null {
  if (nodes === null) return at;
  const sky = wcs!.pixelToIcrs(...at);
  return sky && first.wcs!.icrsToPixel(...sky);
}

/** Pixels of a frame along one of the first's, in the middle of each; null where that is off the sky. */
export function pixelsAlong({ nodes, wcs, plane }: Layer, first: Layer): number | null {
  if (nodes === null) return 1;
  const [ours, theirs] = [first.wcs!.pixelScale(...middleOf(first.plane)), wcs!.pixelScale(...middleOf(plane))];
  return ours === null || theirs === null ? null : ours / theirs;
}

/** A region of the first frame on another: a turned box is a polygon. Null where a corner of it is off the sky. */
export function regionOn(layer: Layer, first: Layer, region: Region): Region | null {
  if (layer.nodes === null) return region;
  if (region.kind === "circle") {
    const [centre, scale] = [placeOn(layer, first, region.centre), pixelsAlong(layer, first)];
    return centre === null || scale === null ? null : { kind: "circle", centre, radius: region.radius * scale };
  }
  const corners = (region.kind === "box" ? boxCorners(region) : region.corners).map((corner) =>
    placeOn(layer, first, corner),
  );
  return corners.some((corner) => corner === null) ? null : { kind: "polygon", corners: corners as Point[] };
}

/** What is said of layers that were put away. */
export function goneText(count: number): string {
  const [frames, show] = count === 1 ? ["frame", "shows"] : ["frames", "show"];
  return `${count} compared ${frames} put away: ${count === 1 ? "it" : "they"} ${show} nothing of this field.`;
}
