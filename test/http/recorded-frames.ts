/** The frames that the recorded archive held, as the catalogue takes them. */
import type { FrameFacts, StoredFile } from "../../src/store/frame.ts";

/** As test/fixtures/golden/make.py writes it. */
export interface RecordedFrame {
  id: number;
  basename: string;
  SITEID: string;
  TELID: string;
  INSTRUME: string;
  RLEVEL: number;
  DATE_OBS: string;
  FILTER: string | null;
  OBJECT: string | null;
  EXPTIME: number;
  REQNUM: string | null;
  OBSNUM: string | null;
  OBSTYPE: string;
  binning: string;
  related_frames: number[];
  night: string;
  position: [number, number] | null;
}

export function factsOf(frame: RecordedFrame, related: string[]): FrameFacts {
  const [xbinning = 1, ybinning = 1] = frame.binning.split("x").map(Number);
  return {
    basename: frame.basename,
    siteid: frame.SITEID,
    telid: frame.TELID,
    instrume: frame.INSTRUME,
    imagetyp: frame.OBSTYPE,
    filter: frame.FILTER,
    object: frame.OBJECT,
    rlevel: frame.RLEVEL,
    dateObs: Date.parse(frame.DATE_OBS),
    night: frame.night,
    exptime: frame.EXPTIME,
    xbinning,
    ybinning,
    width: 512,
    height: 512,
    ra: frame.position?.[0] ?? null,
    dec: frame.position?.[1] ?? null,
    footprint: null,
    reqnum: frame.REQNUM,
    obsnum: frame.OBSNUM,
    propid: null,
    publicDate: null,
    related,
  };
}

/** A file that no test reads; its checksums are the frame's alone. */
export function fileOf({ id, basename }: { id: number; basename: string }): StoredFile {
  const digits = id.toString(16).padStart(4, "0");
  return {
    key: `frames/test/${basename}/1`,
    filename: `${basename}.fits`,
    size: 538_560,
    crc32: id,
    md5: digits.repeat(8),
    sha256: digits.repeat(16),
    packing: "none",
    original: null,
    warnings: [],
  };
}
