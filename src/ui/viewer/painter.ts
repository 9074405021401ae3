/**
 * Draws an image of floats by WebGL2: pixels go to the graphics card once, as they are; cuts, stretch, colours, zoom
 * and turn are the shader's, so that changing them costs one frame.
 */
import { type Colormap, coloursOf } from "../../imaging/colormap.ts";
import type { Camera, Size } from "./camera.ts";

export const SHADER_STRETCHES = ["linear", "sqrt", "log", "asinh"] as const;
export type ShaderStretch = (typeof SHADER_STRETCHES)[number];

export interface Look {
  cuts: readonly [number, number];
  stretch: ShaderStretch;
  colormap: Colormap;
}

const VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0;
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

// The stretches are those of src/imaging/stretch.ts, which are astropy's. Undefined pixels show the ground.
const FRAGMENT = `#version 300 es
precision highp float;
uniform highp sampler2D image;
uniform mediump sampler2D colours;
uniform vec2 size;      // of the image
uniform vec2 canvas;    // of the drawing buffer
uniform mat2 turn;      // from the buffer's offsets to the image's
uniform vec2 middle;    // of the view, image coordinates from 0
uniform vec2 cuts;
uniform int stretch;
out vec4 colour;
void main() {
  vec2 at = middle + turn * (gl_FragCoord.xy - canvas * 0.5);
  ivec2 pixel = ivec2(floor(at));
  if (at.x < 0.0 || at.y < 0.0 || at.x >= size.x || at.y >= size.y) { colour = vec4(0.0); return; }
  float value = texelFetch(image, pixel, 0).r;
  if (!(value - value == 0.0)) { colour = vec4(0.0); return; }
  float x = clamp((value - cuts.x) / (cuts.y - cuts.x), 0.0, 1.0);
  if (stretch == 1) x = sqrt(x);
  else if (stretch == 2) x = log(1000.0 * x + 1.0) / log(1001.0);
  else if (stretch == 3) x = asinh(x / 0.1) / asinh(10.0);
  colour = vec4(texelFetch(colours, ivec2(int(x * 255.0 + 0.5), 0), 0).rgb, 1.0);
}`;

function shader(gl: WebGL2RenderingContext, type: number, source: string): WebGLShader {
  const made = gl.createShader(type)!;
  gl.shaderSource(made, source);
  gl.compileShader(made);
  if (!gl.getShaderParameter(made, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(made) ?? "shader");
  return made;
}

export class Painter {
  readonly #gl: WebGL2RenderingContext;
  readonly #uniforms: Record<string, WebGLUniformLocation | null> = {};
  readonly #image: WebGLTexture;
  readonly #colours: WebGLTexture;
  #colormap: Colormap | null = null;
  #size: Size = { width: 1, height: 1 };

  /** Null where the browser has no WebGL2. */
  static on(canvas: HTMLCanvasElement): Painter | null {
    const gl = canvas.getContext("webgl2", { alpha: true, antialias: false, preserveDrawingBuffer: true });
    return gl === null ? null : new Painter(gl);
  }

  private constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    const program = gl.createProgram()!;
    gl.attachShader(program, shader(gl, gl.VERTEX_SHADER, VERTEX));
    gl.attachShader(program, shader(gl, gl.FRAGMENT_SHADER, FRAGMENT));
    gl.linkProgram(program);
    gl.useProgram(program);
    for (const name of ["image", "colours", "size", "canvas", "turn", "middle", "cuts", "stretch"]) {
      this.#uniforms[name] = gl.getUniformLocation(program, name);
    }
    this.#image = this.#texture(0);
    this.#colours = this.#texture(1);
    gl.uniform1i(this.#uniforms.image!, 0);
    gl.uniform1i(this.#uniforms.colours!, 1);
    gl.bindVertexArray(gl.createVertexArray());
  }

  #texture(unit: number): WebGLTexture {
    const gl = this.#gl;
    const texture = gl.createTexture()!;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
      gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    }
    for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, wrap, gl.CLAMP_TO_EDGE);
    return texture;
  }

  /** The longest side of an image that can be shown. */
  get mostPixels(): number {
    return this.#gl.getParameter(this.#gl.MAX_TEXTURE_SIZE) as number;
  }

  take(size: Size, floats: Float32Array<ArrayBuffer>): void {
    const gl = this.#gl;
    this.#size = size;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#image);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, size.width, size.height, 0, gl.RED, gl.FLOAT, floats);
  }

  draw(camera: Camera, look: Look, ratio: number): void {
    const gl = this.#gl;
    const { width, height } = gl.canvas;
    if (this.#colormap !== look.colormap) {
      this.#colormap = look.colormap;
      gl.activeTexture(gl.TEXTURE1);
      gl.bindTexture(gl.TEXTURE_2D, this.#colours);
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, 256, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, coloursOf(look.colormap));
    }
    gl.viewport(0, 0, width, height);
    const scale = camera.scale * ratio;
    const [c, s] = [Math.cos(camera.angle) / scale, Math.sin(camera.angle) / scale];
    const flip = camera.mirrored ? -1 : 1;
    // Columns of the matrix that camera.ts's toImage applies; the buffer's y is upwards like the image's.
    gl.uniformMatrix2fv(this.#uniforms.turn!, false, [flip * c, -s, flip * s, c]);
    gl.uniform2f(this.#uniforms.middle!, camera.x - 0.5, camera.y - 0.5);
    gl.uniform2f(this.#uniforms.canvas!, width, height);
    gl.uniform2f(this.#uniforms.size!, this.#size.width, this.#size.height);
    const [low, high] = look.cuts;
    gl.uniform2f(this.#uniforms.cuts!, low, high > low ? high : low + 1e-30);
    gl.uniform1i(this.#uniforms.stretch!, SHADER_STRETCHES.indexOf(look.stretch));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  close(): void {
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}
