/**
 * Frames that pyobs-archive accepts, with real variety: two sites, all kinds of exposures, names and values at the edge
 * of what it takes, links in both orders of upload, and some of the demo's with their catalogues.
 */
import { demoFrames } from "../../src/cli/demo-frames.ts";
import { type Cards, fitsFile, imageHdu } from "../../src/cli/fits-file.ts";

export interface TestFrame {
  /** As the archives call it. */
  basename: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Large enough that packing them pays. */
const SIDE = 128;

/** Repeats itself, but no row or column does. */
function pixelsOf(seed: number, floats: boolean): Uint16Array | Float32Array {
  const pixels = floats ? new Float32Array(SIDE * SIDE) : new Uint16Array(SIDE * SIDE);
  for (let i = 0; i < pixels.length; i++) {
    const noise = (Math.imul(i + 1, 2654435761 + 2 * seed) >>> 20) & 0x3f;
    pixels[i] = 300 + noise + (i % SIDE) * 3 + Math.floor(i / SIDE);
  }
  return pixels;
}

/** What is undefined takes a keyword out. */
type Change = Record<string, string | number | boolean | undefined>;

export function frame(basename: string, change: Change, floats = false): TestFrame {
  const usual: Change = {
    "DATE-OBS": "2024-01-15T20:00:00.000",
    "DAY-OBS": "2024-01-15",
    SITEID: "goe",
    TELID: "0m50",
    INSTRUME: "sb63",
    IMAGETYP: "object",
    EXPTIME: 60,
    XBINNING: 1,
    YBINNING: 1,
    RLEVEL: 0,
    FILTER: "V",
    OBJECT: "M 51",
    "TEL-RA": 202.469575,
    "TEL-DEC": 47.195258,
    REQNUM: "000100004",
    OBSNUM: "20240115-004",
    FNAME: `${basename}.fits`,
  };
  const cards = Object.entries({ ...usual, ...change }).filter(([, value]) => value !== undefined) as Cards;
  return { basename, bytes: fitsFile([imageHdu("SCI", SIDE, pixelsOf(basename.length, floats), cards)]) };
}

const nowhere = { OBJECT: undefined, "TEL-RA": undefined, "TEL-DEC": undefined };
const calibration = { ...nowhere, FILTER: undefined };
const saao = { SITEID: "saao", TELID: "1m20", INSTRUME: "fa16", "TEL-RA": 201.696833, "TEL-DEC": -47.479583 };

const PLAIN: TestFrame[] = [
  frame("goe-b1", { ...calibration, IMAGETYP: "bias", EXPTIME: 0, "DATE-OBS": "2024-01-15T17:00:00.000" }),
  frame("goe-b2", { ...calibration, IMAGETYP: "bias", EXPTIME: 0, "DATE-OBS": "2024-01-15T17:00:10.500" }),
  // What the header has left of the last exposure is not the bias's.
  frame("goe-b3", { IMAGETYP: "bias", EXPTIME: 0, "DATE-OBS": "2024-01-15T17:00:20" }),
  frame("goe-d1", { ...calibration, IMAGETYP: "dark", EXPTIME: 300, "DATE-OBS": "2024-01-15T17:05:00.000" }),
  frame("goe-d2", { IMAGETYP: "dark", EXPTIME: 60.5, FILTER: "V", "DATE-OBS": "2024-01-15T17:15:00.000" }),
  frame("goe-s1", { ...nowhere, IMAGETYP: "skyflat", EXPTIME: 2.5, "DATE-OBS": "2024-01-15T17:30:00.123" }),
  frame("goe-s2", { ...nowhere, IMAGETYP: "skyflat", FILTER: "R", EXPTIME: 8, "DATE-OBS": "2024-01-15T17:31:00.000" }),
  frame("goe-o1", { "DATE-OBS": "2024-01-15T20:00:00.000" }),
  frame("goe-o2", { "DATE-OBS": "2024-01-15T20:01:30.250", FILTER: "R" }),
  frame("goe-o3", { "DATE-OBS": "2024-01-15T20:03:00.000", FILTER: "B", EXPTIME: 120.25 }),
  // The same moment twice: ties are in the order of ids.
  frame("goe-o4", { "DATE-OBS": "2024-01-15T20:03:00.000", EXPTIME: 0.001 }),
  frame("goe-bin2", { XBINNING: 2, YBINNING: 2, "DATE-OBS": "2024-01-15T21:00:00.000" }),
  frame("goe-bin4x1", { XBINNING: 4, YBINNING: 1, "DATE-OBS": "2024-01-15T21:10:00.000" }),
  frame("goe-nobin", { XBINNING: undefined, YBINNING: undefined, "DATE-OBS": "2024-01-15T21:20:00.000" }),
  frame("goe-norlevel", { RLEVEL: undefined, "DATE-OBS": "2024-01-15T21:30:00.000" }),
  frame("goe-rlevel2", { RLEVEL: 2, "DATE-OBS": "2024-01-15T21:31:00.000" }),
  frame("goe-nofilter", { FILTER: undefined, "DATE-OBS": "2024-01-15T21:40:00.000" }),
  frame("goe-nonumbers", { REQNUM: undefined, OBSNUM: undefined, "DATE-OBS": "2024-01-15T21:50:00.000" }),
  frame("goe-noobject", { OBJECT: undefined, "DATE-OBS": "2024-01-15T21:55:00.000" }),
  frame("goe-nopointing", { "TEL-RA": undefined, "TEL-DEC": undefined, "DATE-OBS": "2024-01-15T21:56:00.000" }),
  frame("goe-long", { EXPTIME: 3600, OBJECT: "m 51 wide", "DATE-OBS": "2024-01-15T22:00:00.000" }),
  frame("goe-pole", { "TEL-RA": 12.5, "TEL-DEC": 89.99, OBJECT: "Polaris", "DATE-OBS": "2024-01-15T23:00:00.000" }),
  frame("goe-zero", { "TEL-RA": 359.95, "TEL-DEC": 0.05, OBJECT: "RA 0", "DATE-OBS": "2024-01-15T23:10:00.000" }),
  frame("goe-midnight", { "DATE-OBS": "2024-01-16T00:00:00.000" }),
  frame("goe-micro", { "DATE-OBS": "2024-01-16T00:30:00.123000" }),
  frame("goe-nano", { "DATE-OBS": "2024-01-16T00:31:00.1239996" }),
  frame("goe-second", { "DATE-OBS": "2024-01-16T00:31:59.9999" }),
  frame("goe-dateonly", { "DATE-OBS": "2024-01-17", "DAY-OBS": "2024-01-16" }),
  frame("goe-float", { "DATE-OBS": "2024-01-16T01:00:00.000", RLEVEL: 1 }, true),
  // Names at the edge: dots behind the first are cut off there (Fix 8), so none has one.
  frame("goe name with blanks", { "DATE-OBS": "2024-01-16T02:00:00.000" }),
  frame("goe_100%_a", { "DATE-OBS": "2024-01-16T02:01:00.000", OBJECT: "100%_b" }),
  frame("goe-UPPER-Case", { "DATE-OBS": "2024-01-16T02:02:00.000", OBJECT: "NGC 5139" }),
  frame("goe-quote'n", { "DATE-OBS": "2024-01-16T02:03:00.000", OBJECT: "Barnard's Star" }),
  frame("goe+plus&more", { "DATE-OBS": "2024-01-16T02:04:00.000", OBJECT: 'a "quoted" <b>' }),
  frame("goe-backslash", { "DATE-OBS": "2024-01-16T02:05:00.000", OBJECT: "a\\b" }),
  frame("saao-b1", {
    ...saao,
    ...calibration,
    IMAGETYP: "bias",
    EXPTIME: 0,
    "DATE-OBS": "2024-01-16T16:00:00.000",
    "DAY-OBS": "2024-01-16",
  }),
  frame("saao-o1", {
    ...saao,
    OBJECT: "NGC 5139",
    FILTER: "SDSS_r",
    "DATE-OBS": "2024-01-16T20:00:00.000",
    "DAY-OBS": "2024-01-16",
  }),
  frame("saao-o2", {
    ...saao,
    OBJECT: "ngc 5139 b",
    FILTER: "clear",
    "DATE-OBS": "2024-01-16T20:10:00.000",
    "DAY-OBS": "2024-01-16",
    EXPTIME: 30,
  }),
  frame("saao-focus", { ...saao, IMAGETYP: "focus", "DATE-OBS": "2024-01-16T19:00:00.000", "DAY-OBS": "2024-01-16" }),
  frame("saao-old", { ...saao, "DATE-OBS": "1999-12-31T23:59:59.999", "DAY-OBS": "1999-12-31" }),
  frame("saao-trim", {
    ...saao,
    TRIMSEC: "[5:60,3:34]",
    "DATE-OBS": "2024-01-16T21:00:00.000",
    "DAY-OBS": "2024-01-16",
  }),
  frame("goe-o1-reduced", {
    RLEVEL: 1,
    "DATE-OBS": "2024-01-15T20:00:00.000",
    L1BIAS: "goe-b1",
    L1DARK: "goe-d1",
    L1FLAT: "goe-s1",
    L1RAW: "goe-o1",
    L1AVG001: "goe-b2",
    L1AVG002: "not-there",
  }),
];

/** Deterministic; the ids of an archive count up in this order. */
export function testFrames(): TestFrame[] {
  const demo = [...demoFrames()].filter(({ name }) => /20260314-00(01|05|08)-/.test(name));
  return [...PLAIN, ...demo.map(({ name, bytes }) => ({ basename: name.replace(/\.fits$/, ""), bytes }))];
}
