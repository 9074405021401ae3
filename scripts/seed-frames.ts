/**
 * A made-up observatory network for tests of scale: 20 telescopes with two instruments each, 15 filters, 60 proposals,
 * 3,000 objects of which few are observed often, ten years of nights. The same number of frames gives the same frames.
 */
import { footprintOfPointing } from "../src/sky/footprint.ts";
import type { FrameFacts, StoredFile } from "../src/store/frame.ts";

const DAY = 86_400_000;
/** First and last second of the ten years. */
export const SEED_START = Date.UTC(2015, 0, 1);
export const SEED_END = Date.UTC(2025, 0, 1);
export const TELESCOPES = 20;
export const OBJECTS = 3000;

const FILTERS = ["U", "B", "V", "R", "I", "up", "gp", "rp", "ip", "zs", "Y", "Halpha", "OIII", "SII", "clear"];
const SITES = ["coj", "cpt", "elp", "goe", "lsc", "mon", "ogg", "saao", "sba", "tfn"];
const CATALOGUES = ["NGC", "IC", "M", "HD", "HIP", "GJ", "TOI", "WASP", "Landolt", "SN"];
const SCIENCE_EXPOSURES = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 600, 900, 1200, 1800];

/** A number in 0 … 1 that depends on its arguments only (two rounds of Murmur's finaliser). */
function noise(frame: number, salt: number): number {
  let h = Math.imul(frame ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return ((h ^ (h >>> 12)) >>> 0) / 2 ** 32;
}

const hex = (frame: number, salt: number, digits: number) => {
  let text = "";
  for (let i = 0; text.length < digits; i++) {
    text += Math.floor(noise(frame, salt + i) * 2 ** 32)
      .toString(16)
      .padStart(8, "0");
  }
  return text.slice(0, digits);
};

const sumsOf = (frame: number, salt: number) => ({
  crc32: Math.floor(noise(frame, salt + 21) * 2 ** 32),
  md5: hex(frame, salt, 32),
  sha256: hex(frame, salt + 1000, 64),
});

export interface SkyObject {
  name: string;
  ra: number;
  dec: number;
}

/** Object 0 is the one observed most. Every fiftieth lies near RA 0 or a pole. */
export function skyObject(i: number): SkyObject {
  const catalogue = CATALOGUES[i % CATALOGUES.length]!;
  const name = `${catalogue}${i % 3 === 0 ? "-" : " "}${100 + Math.floor(noise(i, 900) * 9900)}${i % 7 === 0 ? "b" : ""}`;
  let ra = noise(i, 901) * 360;
  let dec = (Math.asin(2 * noise(i, 902) - 1) * 180) / Math.PI;
  if (i % 50 === 7) [ra, dec] = [(noise(i, 903) * 0.2 + 359.9) % 360, noise(i, 904) * 2 - 1];
  if (i % 50 === 8) dec = (i % 100 === 8 ? 1 : -1) * (90 - noise(i, 905) * 0.2);
  return { name: `${name} ${i}`, ra, dec };
}

/** Field of view by telescope, degrees a side, and the size of its images. */
function camera(telescope: number, instrument: number): { field: number; width: number; height: number } {
  const field = [0.08, 0.16, 0.25, 0.44, 0.9][(telescope + instrument) % 5]!;
  return { field, width: instrument === 0 ? 4096 : 2048, height: instrument === 0 ? 4096 : 2048 };
}

const pad = (value: number, digits: number) => String(value).padStart(digits, "0");

/** Frames come in series: ten exposures of one telescope, one target, one filter. */
const SERIES = 10;

/** What a frame's name is made of. */
function identity(i: number, total: number) {
  const series = Math.floor(i / SERIES);
  // A tenth came late: their ids are out of the order of DATE-OBS.
  const slot = noise(series, 1) < 0.1 ? Math.floor(noise(series, 2) * total * 0.999) + (i % SERIES) : i;
  const dateObs = SEED_START + Math.floor(((slot + noise(i, 3)) / total) * (SEED_END - SEED_START));
  const telescope = Math.floor(noise(series, 4) * TELESCOPES);
  const instrument = noise(series, 5) < 0.7 ? 0 : 1;
  const site = SITES[telescope % SITES.length]!;
  const instrume = `${site}-cam${pad(2 * telescope + instrument, 2)}`;
  const night = new Date(dateObs - DAY / 2).toISOString().slice(0, 10);
  const kind = noise(series, 6);
  const imagetyp = kind < 0.08 ? "bias" : kind < 0.14 ? "dark" : kind < 0.22 ? "skyflat" : "object";
  const rlevel = imagetyp === "object" && noise(series, 9) < 0.4 ? 1 : 0;
  const number = pad(i, 4);
  const basename = `${instrume}-${night.replaceAll("-", "")}-${number}-${imagetyp[0]}${pad(rlevel * 91, 2)}`;
  return { series, slot, dateObs, telescope, instrument, site, instrume, night, imagetyp, rlevel, basename };
}

/** Frame `i` of `total`, in order of DATE-OBS but for those that came late. */
export function seedFrame(i: number, total: number): { facts: FrameFacts; file: StoredFile; created: number } {
  const { series, slot, dateObs, telescope, instrument, site, instrume, night, imagetyp, rlevel, basename } = identity(
    i,
    total,
  );
  const telid = `${pad(telescope, 2)}m0`;
  const science = imagetyp === "object";
  const filter =
    science || imagetyp === "skyflat" ? FILTERS[(telescope + Math.floor(noise(series, 7) * 6)) % 15]! : null;
  // Observed as objects are: the square of a random number, cubed again, prefers the first few hundred.
  const target = science ? skyObject(Math.floor(noise(series, 8) ** 3 * OBJECTS)) : null;
  const proposal = science ? `PROP-${pad(telescope * 3 + Math.floor(noise(series, 10) * 3), 3)}` : "calibrate";
  const binning = imagetyp === "dark" || noise(series, 11) < 0.9 ? 1 : 2;
  const { field, width, height } = camera(telescope, instrument);
  const [dx, dy] = [noise(i, 12) + noise(i, 13) - 1, noise(i, 14) + noise(i, 15) - 1];
  const dec = target === null ? null : Math.max(-90, Math.min(90, target.dec + (dy * 40) / 3600));
  const ra =
    target === null || dec === null
      ? null
      : (target.ra + (dx * 40) / 3600 / Math.max(1e-4, Math.cos((dec * Math.PI) / 180)) + 360) % 360;
  const exptime =
    imagetyp === "bias"
      ? 0
      : imagetyp === "skyflat"
        ? Math.round(1000 + noise(i, 16) * 29_000) / 1000
        : SCIENCE_EXPOSURES[Math.floor(noise(series, 17) * 16)]!;
  // Half of the sites state when frames become public: a year after the exposure, calibrations at once.
  const stated = telescope % 2 === 0;
  const publicDate = stated ? dateObs + (science ? 365 * DAY : 0) : null;
  // A reduced frame names three others of its series.
  const related = rlevel === 0 ? [] : [1, 2, 3].map((on) => series * SERIES + ((i + on) % SERIES));
  const pixels = (width * height) / binning ** 2;
  const size = Math.floor(pixels * (0.9 + noise(i, 19) * 0.5));
  // Raw frames came plain, 16 bits a pixel, and were packed by the archive; reduced ones came packed.
  const packed = rlevel === 0;
  const plain = 2880 * (Math.ceil((2 * pixels) / 2880) + 2 + Math.floor(noise(series, 22) * 3));
  return {
    facts: {
      basename,
      siteid: site,
      telid,
      instrume,
      imagetyp,
      filter,
      object: target?.name ?? null,
      rlevel,
      dateObs,
      night,
      exptime,
      xbinning: binning,
      ybinning: binning,
      width: width / binning,
      height: height / binning,
      ra,
      dec,
      footprint:
        ra === null || dec === null
          ? null
          : footprintOfPointing(ra, dec, field / width, width, height, Math.floor(noise(series, 20) * 4) * 90 + 1.5),
      reqnum: science ? pad(Math.floor(slot / 6), 7) : null,
      obsnum: science ? pad(Math.floor(slot / 3), 8) : null,
      propid: proposal,
      publicDate,
      related: related.map((index) => identity(index, total).basename),
    },
    file: {
      key: `frames/${site}/${night.replaceAll("-", "")}/${basename}-${hex(i, 3000, 16)}.fits.fz`,
      filename: `${basename}.fits.fz`,
      size,
      ...sumsOf(i, 1000),
      packing: packed ? "rice" : "none",
      original: packed ? { filename: `${basename}.fits`, size: plain, ...sumsOf(i, 5000) } : null,
      warnings: [],
    },
    created: dateObs + 600_000,
  };
}
