/** The frames that belong together with one: what it was made from, and what was made of it. */
import { type Frame, listFrames, related } from "./frame.ts";

/**
 * pyobs and Las Cumbres name the frames of one exposure alike but for two digits at the end: …-e00 as it was read out,
 * …-e01 or …-e91 as the pipeline left it.
 */
const EXPOSURE = /^(.+[a-z])\d\d$/i;
/** More than there are steps of a pipeline. */
const MOST_STEPS = 20;

/** What is said where there are none. */
export const NO_RELATIVES =
  "This frame's header names no other frame, nor does another's name this one, as far as they are here.";

export interface Relatives {
  /** The frame itself or, where it is raw, the newest that was made of it. */
  product: Frame;
  /** What `product` was made from. Includes the frame itself where that is raw. */
  used: Frame[];
  /** All of them but the frame itself, those made of it first. */
  others: Frame[];
}

export async function relatives(frame: Frame, signal: AbortSignal): Promise<Relatives> {
  const isRaw = frame.related_frames.length === 0;
  const [own, made] = await Promise.all([isRaw ? [] : related(frame.id, signal), madeOf(frame, signal)]);
  const product = (isRaw ? made[0] : undefined) ?? frame;
  const used = product === frame ? own : await related(product.id, signal);
  const others = new Map([...made, ...used].map((other) => [other.id, other]));
  others.delete(frame.id);
  return { product, used, others: [...others.values()] };
}

/**
 * Frames of the same exposure whose headers name `frame`, newest first; none where its name does not tell the exposure.
 * What a calibration went into is not looked for: that can be thousands.
 */
async function madeOf(frame: Frame, signal: AbortSignal): Promise<Frame[]> {
  const exposure = EXPOSURE.exec(frame.basename)?.[1];
  if (exposure === undefined) return [];
  const query = new URLSearchParams({ basename: exposure, limit: String(MOST_STEPS) });
  const { results } = await listFrames(query.toString(), signal);
  return results.filter(({ related_frames }) => related_frames.includes(frame.id));
}
