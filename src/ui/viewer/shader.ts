/**
 * The viewer's shader: images of floats, on each other by their nodes, cut, stretched and coloured. What a frame does
 * not need is left out of its program instead of being branched around: a graphics card that is a processor in truth
 * (a virtual machine's, a browser's without a driver) goes through every branch.
 */
import type { ShaderStretch } from "./look.ts";
import { WARP_CELLS, WARP_MARGIN } from "./warp.ts";

export interface Variant {
  /** Three images as red, green and blue; otherwise one by its colour map. */
  three: boolean;
  /** Nodes say where the view's pixels lie on (some of) them. */
  turned: boolean;
  /** Tiles of the image may be there, for what is looked at closely. */
  tiled: boolean;
  /** Several of the image's pixels lie on one of the canvas. */
  far: boolean;
  /** Of those, one is looked at: it moves, and half of the work is in the others. */
  quick: boolean;
  stretch: ShaderStretch;
}

/** A single triangle that covers the canvas. */
export const VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0;
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

/** Those of src/imaging/stretch.ts, which are astropy's. */
const STRETCHES: Record<ShaderStretch, string> = {
  linear: "x",
  sqrt: "sqrt(x)",
  log: "log(1000.0 * x + 1.0) * (1.0 / log(1001.0))",
  asinh: "asinh(x * 10.0) * (1.0 / asinh(10.0))",
};

const NEAR = `
float copied(highp sampler2D image, vec2 at, int level, int halved) {
  ivec2 edge = textureSize(image, 0) - 1;
  return texelFetch(image, min(ivec2(at) >> halved, edge), 0).r;
}`;

// The mean of four from a copy whose pixels are nearly as large as the canvas's, so that none is skipped.
const FAR = `
float copied(highp sampler2D image, vec2 at, int level, int halved) {
  ivec2 edge = textureSize(image, level) - 1;
  ivec2 low = clamp(ivec2(at - 0.25 * pixel) >> (level + halved), ivec2(0), edge);
  ivec2 high = min(ivec2(at + 0.25 * pixel) >> (level + halved), edge);
  vec4 found = vec4(
    texelFetch(image, low, level).r, texelFetch(image, ivec2(high.x, low.y), level).r,
    texelFetch(image, ivec2(low.x, high.y), level).r, texelFetch(image, high, level).r);
  float sum = dot(found, vec4(0.25));
  if (defined(sum)) return sum;
  vec4 there = vec4(defined(found.x), defined(found.y), defined(found.z), defined(found.w));
  if (there == vec4(0.0)) return nothing();
  return dot(mix(vec4(0.0), found, greaterThan(there, vec4(0.0))), vec4(1.0)) / dot(there, vec4(1.0));
}`;

// The one that lies there, of the same copy.
const QUICK = `
float copied(highp sampler2D image, vec2 at, int level, int halved) {
  ivec2 edge = textureSize(image, level) - 1;
  return texelFetch(image, min(ivec2(at) >> (level + halved), edge), level).r;
}`;

const MOVED = `
vec2 moved(highp sampler2D nodes, vec2 at) {
  vec2 node = (at / reference + ${WARP_MARGIN.toFixed(4)}) * ${(WARP_CELLS / (1 + 2 * WARP_MARGIN)).toFixed(4)};
  ivec2 corner = ivec2(floor(node));
  if (any(lessThan(corner, ivec2(0))) || any(greaterThanEqual(corner, ivec2(${WARP_CELLS})))) return vec2(-1.0);
  vec2 part = node - vec2(corner);
  vec2 low = mix(texelFetch(nodes, corner, 0).rg, texelFetch(nodes, corner + ivec2(1, 0), 0).rg, part.x);
  vec2 high = mix(texelFetch(nodes, corner + ivec2(0, 1), 0).rg, texelFetch(nodes, corner + ivec2(1, 1), 0).rg, part.x);
  return mix(low, high, part.y) - 0.5;
}`;

const TILED = `
float tiledAt(vec2 at) {
  ivec2 place = ivec2(at);
  int slot = int(texelFetch(slots, place / tile, 0).r);
  return slot < 0 ? copied(image0, at, levels.x, halvings.x) : texelFetch(tiles, ivec3(place % tile, slot), 0).r;
}`;

/** The whole canvas is covered, so that a browser need not draw what lies below it. */
export function fragmentOf({ three, turned, tiled, far, quick, stretch }: Variant): string {
  const slot = (index: number): string => {
    const axis = "xyz"[index]!;
    const at = turned ? `turned.${axis} ? moved(nodes${index}, at) : at` : "at";
    const value =
      tiled && index === 0 ? "tiledAt(at0)" : `copied(image${index}, at${index}, levels.${axis}, halvings.${axis})`;
    return `
  vec2 at${index} = ${at};
  float value${index} = inside(at${index}, size[${index}]) ? ${value} : nothing();`;
  };
  const light = (index: number): string => `(defined(value${index}) ? light(value${index}, cuts[${index}]) : 0.0)`;
  return `#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D image0, image1, image2;
uniform highp sampler2D nodes0, nodes1, nodes2;
uniform highp sampler2DArray tiles;
uniform highp sampler2D slots;   // which slot of tiles holds each of them; -1: none
uniform mediump sampler2D colours;
uniform vec2 reference;          // size of the image whose coordinates the view has
uniform vec2 size[3];            // of the images, pixels
uniform ivec3 halvings;          // how often each was halved before it came here
uniform ivec3 levels;            // which of its smaller copies is looked at
uniform bvec3 turned;            // whether nodes say where the view's pixels lie on it
uniform vec2 cuts[3];            // lowest level, and one over the range
uniform int tile;                // pixels along a tile
uniform float pixel;             // pixels of the image along one of the canvas
uniform vec2 canvas;             // of the drawing buffer
uniform mat2 turn;               // from the buffer's offsets to the image's
uniform vec2 middle;             // of the view, image coordinates from 0
uniform vec3 ground;             // what undefined pixels show, and what lies beside the image
out vec4 colour;
bool defined(float value) { return (floatBitsToUint(value) & 0x7f800000u) != 0x7f800000u; }
float nothing() { return uintBitsToFloat(0x7fc00000u); }
bool inside(vec2 at, vec2 size) { return at.x >= 0.0 && at.y >= 0.0 && at.x < size.x && at.y < size.y; }
float light(float value, vec2 cut) {
  float x = clamp((value - cut.x) * cut.y, 0.0, 1.0);
  return ${STRETCHES[stretch]};
}
${far ? (quick ? QUICK : FAR) : NEAR}${turned ? MOVED : ""}${tiled ? TILED : ""}
void main() {
  vec2 at = middle + turn * (gl_FragCoord.xy - canvas * 0.5);${slot(0)}${three ? slot(1) + slot(2) : ""}
  ${
    three
      ? `bool any = defined(value0) || defined(value1) || defined(value2);
  colour = any ? vec4(${light(0)}, ${light(1)}, ${light(2)}, 1.0) : vec4(ground, 1.0);`
      : `int index = int(light(value0, cuts[0]) * 255.0 + 0.5);
  colour = defined(value0) ? vec4(texelFetch(colours, ivec2(index, 0), 0).rgb, 1.0) : vec4(ground, 1.0);`
  }
}`;
}
