/**
 * Where the viewer looks: which point of the image lies in the middle of the canvas, how large, how turned. Pure, so
 * that the shader, the read-out and the tests share one mapping.
 *
 * Image coordinates are FITS's: the middle of the first pixel is (1, 1), y upwards. Canvas coordinates are CSS pixels
 * from its upper left corner, y downwards.
 */

import { middleOf, type Part } from "./plane.ts";

export interface Turn {
  /** Radians, anticlockwise on the screen. */
  angle: number;
  /** Turns left and right round before turning: for images whose east lies on the right. */
  mirrored: boolean;
}

export interface Camera extends Turn {
  /** Image coordinates in the middle of the canvas. */
  x: number;
  y: number;
  /** CSS pixels for one image pixel. */
  scale: number;
}

/** What a person has chosen to see: a part of the image, or the whole of it on whatever canvas, turned. */
export type Framing = Camera | Turn;

/** As the file has it: the first row at the bottom. */
export const UPRIGHT: Turn = { angle: 0, mirrored: false };

export interface Size {
  width: number;
  height: number;
}

const MOST_SCALE = 64;

/** All of the image that is here, as large as the canvas lets it be. */
export function wholeImage(image: Part, canvas: Size, turn: Turn): Camera {
  const [c, s] = [Math.abs(Math.cos(turn.angle)), Math.abs(Math.sin(turn.angle))];
  const width = image.width * c + image.height * s;
  const height = image.width * s + image.height * c;
  const scale = Math.min(canvas.width / width, canvas.height / height, MOST_SCALE);
  const [x, y] = middleOf(image);
  return { angle: turn.angle, mirrored: turn.mirrored, x, y, scale };
}

/** The image coordinates below a point of the canvas. */
export function toImage(camera: Camera, canvas: Size, px: number, py: number): [number, number] {
  const dx = (px - canvas.width / 2) / camera.scale;
  const dy = (canvas.height / 2 - py) / camera.scale;
  const [c, s] = [Math.cos(camera.angle), Math.sin(camera.angle)];
  const x = c * dx + s * dy;
  return [camera.x + (camera.mirrored ? -x : x), camera.y - s * dx + c * dy];
}

/** The point of the canvas at which an image coordinate lies. */
export function toCanvas(camera: Camera, canvas: Size, x: number, y: number): [number, number] {
  const dx = camera.mirrored ? camera.x - x : x - camera.x;
  const dy = y - camera.y;
  const [c, s] = [Math.cos(camera.angle), Math.sin(camera.angle)];
  return [canvas.width / 2 + (c * dx - s * dy) * camera.scale, canvas.height / 2 - (s * dx + c * dy) * camera.scale];
}

/** Larger or smaller, with the point below (px, py) staying where it is. */
export function zoom(camera: Camera, canvas: Size, px: number, py: number, factor: number): Camera {
  const least = 4 / Math.max(canvas.width, canvas.height, 1) / 64;
  const scale = Math.min(MOST_SCALE, Math.max(least, camera.scale * factor));
  const [x, y] = toImage(camera, canvas, px, py);
  const moved = { ...camera, scale };
  const [nx, ny] = toImage(moved, canvas, px, py);
  return { ...moved, x: camera.x + x - nx, y: camera.y + y - ny };
}

/** Moved by so many CSS pixels of the canvas. */
export function pan(camera: Camera, canvas: Size, dx: number, dy: number): Camera {
  const [x, y] = toImage(camera, canvas, canvas.width / 2 - dx, canvas.height / 2 - dy);
  return { ...camera, x, y };
}

/**
 * How to turn the image so that north is up and east on the left. `step`: image offset of a small step north and of
 * one east, [dx, dy] each.
 */
export function northUp(north: [number, number], east: [number, number]): Turn {
  // With north up, east lies on the left where it is anticlockwise from north.
  const mirrored = north[0] * east[1] - north[1] * east[0] < 0;
  const x = mirrored ? -north[0] : north[0];
  return { mirrored, angle: Math.PI / 2 - Math.atan2(north[1], x) };
}
