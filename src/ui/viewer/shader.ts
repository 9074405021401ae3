/** The viewer's one shader program: images of floats, on each other by their nodes, cut, stretched and coloured. */
import { WARP_CELLS, WARP_MARGIN } from "./warp.ts";

/** Two triangles' worth of one: a single large one that covers the canvas. */
export const VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0;
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

// The stretches are those of src/imaging/stretch.ts, which are astropy's. Undefined pixels show the ground.
export const FRAGMENT = `#version 300 es
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
uniform bvec3 turned;            // whether nodes say where the view's pixels lie on it
uniform vec2 cuts[3];
uniform bool three;              // red, green and blue; otherwise the first by its colour map
uniform bool tiled;
uniform int tile;                // pixels along a tile
uniform float pixel;             // pixels of the image along one of the canvas
uniform vec2 canvas;             // of the drawing buffer
uniform mat2 turn;               // from the buffer's offsets to the image's
uniform vec2 middle;             // of the view, image coordinates from 0
uniform int stretch;
out vec4 colour;

vec2 moved(highp sampler2D nodes, vec2 at) {
  vec2 node = (at / reference + ${WARP_MARGIN.toFixed(4)}) * (${WARP_CELLS.toFixed(1)} / ${(1 + 2 * WARP_MARGIN).toFixed(4)});
  ivec2 corner = ivec2(floor(node));
  if (any(lessThan(corner, ivec2(0))) || any(greaterThanEqual(corner, ivec2(${WARP_CELLS})))) return vec2(-1.0);
  vec2 part = node - vec2(corner);
  vec2 low = mix(texelFetch(nodes, corner, 0).rg, texelFetch(nodes, corner + ivec2(1, 0), 0).rg, part.x);
  vec2 high = mix(texelFetch(nodes, corner + ivec2(0, 1), 0).rg, texelFetch(nodes, corner + ivec2(1, 1), 0).rg, part.x);
  return mix(low, high, part.y) - 0.5;
}

bool defined(float value) { return (floatBitsToUint(value) & 0x7f800000u) != 0x7f800000u; }
float nothing() { return uintBitsToFloat(0x7fc00000u); }

// The pixel there; of an image seen from afar, the mean of four from a copy whose pixels are nearly as large as the
// canvas's, so that none is skipped.
float copied(highp sampler2D image, vec2 at, int halved, float width) {
  ivec2 size = textureSize(image, 0);
  int last = max(0, int(floor(log2(float(min(size.x, size.y)) / 32.0))));
  int level = clamp(int(floor(log2(max(width, 1.0)))) - halved, 0, last);
  ivec2 edge = textureSize(image, level) - 1;
  if (width <= 1.0) return texelFetch(image, min(ivec2(floor(at)) >> (level + halved), edge), level).r;
  float sum = 0.0;
  float count = 0.0;
  for (int i = 0; i < 4; i++) {
    vec2 place = at + (vec2(i & 1, i >> 1) - 0.5) * width * 0.5;
    ivec2 cell = clamp(ivec2(floor(place)) >> (level + halved), ivec2(0), edge);
    float value = texelFetch(image, cell, level).r;
    if (defined(value)) { sum += value; count++; }
  }
  return count > 0.0 ? sum / count : nothing();
}

bool outside(vec2 at, vec2 size) {
  return !(at.x >= 0.0 && at.y >= 0.0 && at.x < size.x && at.y < size.y);
}

float stretched(float value, vec2 cut) {
  float x = clamp((value - cut.x) / (cut.y - cut.x), 0.0, 1.0);
  if (stretch == 1) return sqrt(x);
  if (stretch == 2) return log(1000.0 * x + 1.0) / log(1001.0);
  if (stretch == 3) return asinh(x / 0.1) / asinh(10.0);
  return x;
}

void main() {
  vec2 at = middle + turn * (gl_FragCoord.xy - canvas * 0.5);
  vec2 at0 = turned.x ? moved(nodes0, at) : at;
  float first = nothing();
  if (!outside(at0, size[0])) {
    int slot = -1;
    if (tiled && !turned.x && pixel < 2.0) slot = int(texelFetch(slots, ivec2(floor(at0)) / tile, 0).r);
    first = slot >= 0 ? texelFetch(tiles, ivec3(ivec2(floor(at0)) % tile, slot), 0).r
                      : copied(image0, at0, halvings.x, pixel);
  }
  if (!three) {
    if (!defined(first)) { colour = vec4(0.0); return; }
    colour = vec4(texelFetch(colours, ivec2(int(stretched(first, cuts[0]) * 255.0 + 0.5), 0), 0).rgb, 1.0);
    return;
  }
  vec2 at1 = turned.y ? moved(nodes1, at) : at;
  vec2 at2 = turned.z ? moved(nodes2, at) : at;
  float second = outside(at1, size[1]) ? nothing() : copied(image1, at1, halvings.y, pixel);
  float third = outside(at2, size[2]) ? nothing() : copied(image2, at2, halvings.z, pixel);
  if (!defined(first) && !defined(second) && !defined(third)) { colour = vec4(0.0); return; }
  colour = vec4(
    defined(first) ? stretched(first, cuts[0]) : 0.0,
    defined(second) ? stretched(second, cuts[1]) : 0.0,
    defined(third) ? stretched(third, cuts[2]) : 0.0,
    1.0);
}`;
