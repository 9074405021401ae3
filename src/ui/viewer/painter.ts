/**
 * Draws images of floats by WebGL2: pixels go to the graphics card once, as they are; cuts, stretch, colours, zoom and
 * turn are the shader's, so that changing them costs one frame. Of an image larger than the card takes at once, the
 * tiles that are looked at closely go there when they are looked at.
 */
import { type Colormap, coloursOf } from "../../imaging/colormap.ts";
import type { Camera, Size } from "./camera.ts";
import type { Levels, ShaderStretch } from "./look.ts";
import type { LoadedImage } from "./message.ts";
import type { Part } from "./plane.ts";
import { tileOf } from "./pyramid.ts";
import { fragmentOf, type Variant, VERTEX } from "./shader.ts";
import { TILE, TileCache } from "./tile-cache.ts";
import { WARP_CELLS } from "./warp.ts";

/** Tiles of large images that the card holds: 192 MB, enough for a wall of 3840 × 2160 pixels. */
const TILE_SLOTS = 192;
/** Tiles sent to the card in one frame: what is left follows in the next ones. */
const TILES_A_FRAME = 6;

/** What it needs of an image. */
type Picture = Pick<LoadedImage, "part" | "values" | "levels" | "halvings">;

/** An image on the graphics card. */
export interface Painted {
  image: Picture;
  /** Of its levels, so many of the largest are not there. */
  without: number;
  texture: WebGLTexture;
  /** Where the view's pixels lie on it; null: they are its own. */
  nodes: WebGLTexture | null;
}

export interface Drawing {
  camera: Camera;
  /** Pixels of the canvas for one CSS pixel. */
  ratio: number;
  /** The image moves, and is drawn again when it rests. */
  quick: boolean;
  /** What is here of the image whose coordinates the camera has. */
  reference: Part;
  /** One image, or those for red, green and blue. */
  layers: { painted: Painted; levels: Levels }[];
  stretch: ShaderStretch;
  colormap: Colormap;
  inverted: boolean;
  /** What lies beside the image, 0 to 255. */
  ground: readonly [red: number, green: number, blue: number];
}

interface Tiles {
  of: Picture;
  cache: TileCache;
  texture: WebGLTexture;
  slots: WebGLTexture;
  pixels: Float32Array<ArrayBuffer>;
}

interface Program {
  program: WebGLProgram;
  places: Map<string, WebGLUniformLocation | null>;
}

/** In the order of their texture units. */
const SAMPLERS = ["image0", "image1", "image2", "nodes0", "nodes1", "nodes2", "tiles", "slots", "colours"];
/** The unit after theirs, where textures are filled. */
const SPARE = SAMPLERS.length;

/** Null where the browser cannot compile it. */
function programOf(gl: WebGL2RenderingContext, variant: Variant): Program | null {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, fragmentOf(variant)],
  ] as const) {
    const shader = gl.createShader(type)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return null;
  gl.useProgram(program);
  for (const [unit, name] of SAMPLERS.entries()) gl.uniform1i(gl.getUniformLocation(program, name), unit);
  return { program, places: new Map() };
}

/** What most first views need. */
const FIRST: Variant = { three: false, turned: false, tiled: false, far: true, quick: false, stretch: "linear" };

export class Painter {
  /** Where it paints. */
  readonly canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  readonly #programs = new Map<string, Program>();
  readonly #colours: WebGLTexture;
  #program: Program;
  #colouredBy = "";
  #tiles: Tiles | null = null;

  /** Null where the browser has no WebGL2, or none that can run the shader. It takes a while: see `#warm`. */
  static create(): Painter | null {
    const canvas = document.createElement("canvas");
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, preserveDrawingBuffer: true });
    const first = gl && programOf(gl, FIRST);
    return first === null ? null : new Painter(canvas, gl!, first);
  }

  private constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, first: Program) {
    this.canvas = canvas;
    this.#gl = gl;
    this.#program = first;
    this.#programs.set(JSON.stringify(FIRST), first);
    gl.bindVertexArray(gl.createVertexArray());
    this.#colours = this.#texture();
    this.#warm();
  }

  /** Draws a pixel of nothing: a card gets its programs ready when they are first used, and no file is here to wait for that. */
  #warm(): void {
    const part: Part = { width: 1, height: 1, x0: 0, y0: 0 };
    const values = new Float32Array(1);
    const painted = this.take(
      { part, values, levels: [{ width: 1, height: 1, floats: values }], halvings: 0 },
      null,
      0,
    );
    this.canvas.width = this.canvas.height = 1;
    this.draw({
      camera: { x: 1, y: 1, scale: 0.5, angle: 0, mirrored: false },
      ratio: 1,
      quick: false,
      reference: part,
      layers: [{ painted, levels: [0, 1] }],
      stretch: FIRST.stretch,
      colormap: "grey",
      inverted: false,
      ground: [0, 0, 0],
    });
    this.drop(painted);
  }

  /** The longest side of an image that the graphics card takes as one. */
  get longestSide(): number {
    return this.#gl.getParameter(this.#gl.MAX_TEXTURE_SIZE) as number;
  }

  /** Takes the program of a variant, made when it is first needed. */
  #use(variant: Variant): void {
    const key = JSON.stringify(variant);
    const known = this.#programs.get(key) ?? programOf(this.#gl, variant);
    if (known === null) throw new Error(`The graphics card refuses the shader ${key}.`);
    this.#programs.set(key, known);
    this.#program = known;
    this.#gl.useProgram(known.program);
  }

  #place(name: string): WebGLUniformLocation | null {
    const { program, places } = this.#program;
    if (!places.has(name)) places.set(name, this.#gl.getUniformLocation(program, name));
    return places.get(name)!;
  }

  /** A new texture, bound to the spare unit. */
  #texture(target: number = this.#gl.TEXTURE_2D): WebGLTexture {
    const gl = this.#gl;
    const texture = gl.createTexture();
    this.#bind(SPARE, texture, target);
    const nearest = (filter: number) => gl.texParameteri(target, filter, gl.NEAREST);
    nearest(gl.TEXTURE_MAG_FILTER);
    nearest(gl.TEXTURE_MIN_FILTER);
    for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(target, wrap, gl.CLAMP_TO_EDGE);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    return texture;
  }

  #bind(unit: number, texture: WebGLTexture | null, target: number = this.#gl.TEXTURE_2D): void {
    this.#gl.activeTexture(this.#gl.TEXTURE0 + unit);
    this.#gl.bindTexture(target, texture);
  }

  /** Whether the card has forgotten everything. */
  get isLost(): boolean {
    return this.#gl.isContextLost();
  }

  /** How many of an image's largest levels are not looked at when `scale` pixels of the canvas lie on one of its own. */
  unseen({ levels, halvings }: Picture, scale: number): number {
    return Math.min(levels.length - 1, Math.max(0, Math.floor(Math.log2(1 / scale)) - halvings));
  }

  /**
   * Sends an image to the card, `without` so many of its largest levels. `nodes`: see warp.ts; null: the view has this
   * image's coordinates.
   */
  take(image: Picture, nodes: Float32Array | null, without: number): Painted {
    const gl = this.#gl;
    const levels = image.levels.slice(without);
    const texture = this.#texture();
    // Without filters that know of levels they could not be there; the shader picks one itself.
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST_MIPMAP_NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAX_LEVEL, levels.length - 1);
    gl.texStorage2D(gl.TEXTURE_2D, levels.length, gl.R32F, levels[0]!.width, levels[0]!.height);
    for (const [level, { width, height, floats }] of levels.entries()) {
      gl.texSubImage2D(gl.TEXTURE_2D, level, 0, 0, width, height, gl.RED, gl.FLOAT, floats);
    }
    if (nodes === null) return { image, without, texture, nodes: null };
    const side = WARP_CELLS + 1;
    const table = this.#texture();
    const { x0, y0 } = image.part;
    const onPart = nodes.map((place, i) => place - (i % 2 === 0 ? x0 : y0));
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RG32F, side, side, 0, gl.RG, gl.FLOAT, onPart);
    return { image, without, texture, nodes: table };
  }

  drop({ image, texture, nodes }: Painted): void {
    this.#gl.deleteTexture(texture);
    this.#gl.deleteTexture(nodes);
    if (this.#tiles?.of === image) {
      this.#gl.deleteTexture(this.#tiles.texture);
      this.#gl.deleteTexture(this.#tiles.slots);
      this.#tiles = null;
    }
  }

  /** Draws into the whole canvas. Answers whether tiles are still to come, so that another frame is worth drawing. */
  draw({ camera: { x, y, ...view }, ratio, quick, reference, layers, stretch, ground, ...colours }: Drawing): boolean {
    const gl = this.#gl;
    const { width, height } = gl.canvas;
    const camera = { ...view, x: x - reference.x0, y: y - reference.y0 };
    const first = layers[0]!.painted;
    const scale = camera.scale * ratio;
    const isTiled = first.image.halvings > 0 && first.nodes === null && 1 / scale < 2;
    const more = isTiled && this.#sendTiles(first.image, camera, { width, height }, ratio);
    this.#colour(colours.colormap, colours.inverted);

    const slots = [0, 1, 2].map((slot) => layers[slot] ?? layers[0]!);
    const turned = slots.map(({ painted }) => painted.nodes !== null);
    const [three, far] = [layers.length === 3, scale < 1];
    this.#use({ three, turned: turned.includes(true), tiled: isTiled, far, quick: far && quick, stretch });
    for (const [slot, { painted, levels }] of slots.entries()) {
      const { part } = painted.image;
      this.#bind(slot, painted.texture);
      this.#bind(3 + slot, painted.nodes ?? painted.texture);
      gl.uniform2f(this.#place(`size[${slot}]`), part.width, part.height);
      const [low, high] = levels;
      gl.uniform2f(this.#place(`cuts[${slot}]`), low, 1 / Math.max(high - low, 1e-30));
    }
    // A level that is not there is as if the image had been halved as often before.
    gl.uniform3iv(
      this.#place("halvings"),
      slots.map(({ painted: { image, without } }) => image.halvings + without),
    );
    gl.uniform3iv(
      this.#place("levels"),
      slots.map(({ painted: { image, without } }) => Math.max(0, this.unseen(image, scale) - without)),
    );
    gl.uniform3iv(this.#place("turned"), turned.map(Number));
    this.#bind(6, this.#tiles?.texture ?? null, gl.TEXTURE_2D_ARRAY);
    this.#bind(7, this.#tiles?.slots ?? null);
    this.#bind(8, this.#colours);
    gl.uniform1i(this.#place("tile"), TILE);
    gl.uniform2f(this.#place("reference"), reference.width, reference.height);
    gl.uniform1f(this.#place("pixel"), 1 / scale);
    const [red, green, blue] = ground;
    gl.uniform3f(this.#place("ground"), red / 255, green / 255, blue / 255);

    gl.viewport(0, 0, width, height);
    const [cos, sin] = [Math.cos(camera.angle) / scale, Math.sin(camera.angle) / scale];
    const flip = camera.mirrored ? -1 : 1;
    // Columns of the matrix that camera.ts's toImage applies; the buffer's y is upwards like the image's.
    gl.uniformMatrix2fv(this.#place("turn"), false, [flip * cos, -sin, flip * sin, cos]);
    gl.uniform2f(this.#place("middle"), camera.x - 0.5, camera.y - 0.5);
    gl.uniform2f(this.#place("canvas"), width, height);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    return more;
  }

  /**
   * Makes a program that moving and zooming will need, and draws a pixel of it, which takes a card's driver a good part
   * of a second in all: best while the image rests. False where there is none left to make.
   */
  prepare(stretch: ShaderStretch): boolean {
    const gl = this.#gl;
    const next = [{ quick: true }, { far: false }]
      .map((change) => ({ ...FIRST, ...change, stretch }))
      .find((variant) => !this.#programs.has(JSON.stringify(variant)));
    if (next === undefined) return false;
    this.#use(next);
    // Beside the canvas, where the picture is.
    const [target, texture] = [gl.createFramebuffer(), this.#texture()];
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, 1, 1);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    gl.viewport(0, 0, 1, 1);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.deleteFramebuffer(target);
    gl.deleteTexture(texture);
    return true;
  }

  #colour(colormap: Colormap, inverted: boolean): void {
    const wanted = `${colormap} ${inverted}`;
    if (this.#colouredBy === wanted) return;
    this.#colouredBy = wanted;
    const table = coloursOf(colormap);
    const colours = new Uint8Array(768);
    for (let level = 0; level < 256; level++) {
      const from = 3 * (inverted ? 255 - level : level);
      colours.set(table.subarray(from, from + 3), 3 * level);
    }
    const gl = this.#gl;
    this.#bind(SPARE, this.#colours);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, 256, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, colours);
  }

  #tilesOf(image: Picture): Tiles {
    if (this.#tiles?.of === image) return this.#tiles;
    const gl = this.#gl;
    const cache = new TileCache(image.part, TILE_SLOTS);
    const texture = this.#texture(gl.TEXTURE_2D_ARRAY);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R32F, TILE, TILE, TILE_SLOTS);
    const slots = this.#texture();
    const none = new Float32Array(cache.columns * cache.rows).fill(-1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, cache.columns, cache.rows, 0, gl.RED, gl.FLOAT, none);
    this.#tiles = { of: image, cache, texture, slots, pixels: new Float32Array(TILE * TILE) };
    return this.#tiles;
  }

  /** Sends some of the tiles that the view shows and the card does not have; whether there are more of them. */
  #sendTiles(image: Picture, camera: Camera, buffer: Size, ratio: number): boolean {
    const gl = this.#gl;
    const { cache, texture, slots, pixels } = this.#tilesOf(image);
    const canvas = { width: buffer.width / ratio, height: buffer.height / ratio };
    const visible = cache.visible(camera, canvas).slice(0, TILE_SLOTS);
    const missing = visible.filter((tile) => cache.find(tile) === null);
    const write = (tile: number, slot: number) => {
      const [column, row] = [tile % cache.columns, Math.floor(tile / cache.columns)];
      this.#bind(SPARE, slots);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, column, row, 1, 1, gl.RED, gl.FLOAT, Float32Array.of(slot));
    };
    for (const tile of missing.slice(0, TILES_A_FRAME)) {
      const { slot, lost } = cache.place(tile);
      if (lost !== null) write(lost, -1);
      const [column, row] = [tile % cache.columns, Math.floor(tile / cache.columns)];
      tileOf(image.values, image.part, column * TILE, row * TILE, TILE, pixels);
      this.#bind(SPARE, texture, gl.TEXTURE_2D_ARRAY);
      gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, slot, TILE, TILE, 1, gl.RED, gl.FLOAT, pixels);
      write(tile, slot);
    }
    return missing.length > TILES_A_FRAME;
  }

  close(): void {
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}
