/** Frames as rows of the table `frame` and of those that it shares with others (`stem`, `layout`), and back. */
import { splitName } from "./basename.ts";
import { dayOf, nightNumber, nightOfDay, nightText } from "./calendar.ts";
import type { Row } from "./database.ts";
import { packDigits, unpackDigits } from "./digits.ts";
import { stepOf } from "./exposure-step.ts";
import { packFootprint, unpackFootprint } from "./footprint-blob.ts";
import type { Frame, FrameFacts, StoredFile } from "./frame.ts";
import { fill, type Layout, layoutOf } from "./layout.ts";
import { packNames, unpackNames } from "./related-names.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a frame is read as. D1 hands hexadecimal over cheaper than BLOBs. */
export const FRAME_COLUMNS = `frame.id, frame.combination, frame.object, frame.date_obs, frame.night, frame.exptime,
  frame.ra, frame.dec, frame.public_date, frame.version, frame.stem, frame.tail, frame.reqnum, frame.obsnum,
  frame.layout, hex(frame.footprint) AS footprint, frame.related, frame.created, frame.size,
  lower(hex(frame.sums)) AS sums, frame.warnings, frame.original_size`;

/** The same without what a list of files has no use for; such a frame has no footprint and no related frames. */
export const BARE_COLUMNS = FRAME_COLUMNS.replace("hex(frame.footprint)", "''").replace(
  "frame.related",
  "NULL AS related",
);

/** Columns of digits.ts. */
export const DIGITS: ReadonlySet<string> = new Set(["reqnum", "obsnum"]);

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

type Sums = Pick<StoredFile, "crc32" | "md5" | "sha256">;

/** Checksums in hexadecimal: CRC-32 (4 bytes), MD5 (16), SHA-256 (32). */
function packSums({ crc32, md5, sha256 }: Sums): string {
  return crc32.toString(16).padStart(8, "0") + md5 + sha256;
}

const SUMS = 2 * (4 + 16 + 32);

function unpackSums(hex: string): Sums {
  return { crc32: Number.parseInt(hex.slice(0, 8), 16), md5: hex.slice(8, 40), sha256: hex.slice(40, SUMS) };
}

/** What a stored file is in the catalogue: its layout, and its columns of `frame`. */
export function fileColumns(
  file: StoredFile,
  frame: Pick<FrameFacts, "basename" | "night" | "width" | "height">,
): { layout: Layout; columns: Row } {
  const { layout, salt } = layoutOf(file, frame);
  const columns = {
    size: file.size,
    sums: bytesOf(packSums(file) + (file.original === null ? "" : packSums(file.original)) + salt),
    warnings: file.warnings.length === 0 ? null : JSON.stringify(file.warnings),
    original_size: file.original?.size ?? null,
  };
  return { layout, columns };
}

/**
 * Columns of the facts, but those that need a look at other tables: combination, object, stem, layout, and whether the
 * frame is public (`open`, and `cell`, which is `CELLS` more then).
 */
export function factColumns(facts: FrameFacts): Row {
  return {
    date_obs: facts.dateObs,
    earlier: nightOfDay(dayOf(facts.dateObs)) - nightNumber(facts.night),
    exptime: facts.exptime,
    step: facts.exptime === null ? null : stepOf(facts.exptime),
    ra: facts.ra,
    dec: facts.dec,
    public_date: facts.publicDate,
    tail: splitName(facts.basename).tail,
    reqnum: packDigits(facts.reqnum),
    obsnum: packDigits(facts.obsnum),
    footprint: facts.footprint === null ? null : packFootprint(facts.footprint, pointingOf(facts)),
    related: packNames(facts.related, facts.basename),
  };
}

/** Corners of a row that has `ra`, `dec` and `footprint` (hexadecimal, "" for none); null where it has none. */
export function footprintOf(row: Row): [number, number][] | null {
  const { ra, dec } = row as unknown as { ra: number | null; dec: number | null };
  return row.footprint === "" ? null : unpackFootprint(row.footprint as string, pointingOf({ ra, dec }));
}

function pointingOf({ ra, dec }: { ra: number | null; dec: number | null }): [number, number] | null {
  return ra === null || dec === null ? null : [ra, dec];
}

/** Basename of a row with `stem` and `tail`, which the snapshot must have met. */
export function basenameOf({ stem, tail }: Row, snapshot: Snapshot): string {
  return snapshot.stems.get(stem as number)! + (tail as string);
}

export function fileOf(row: Row, snapshot: Snapshot): StoredFile {
  const layout = snapshot.layouts.get(row.layout as number)!;
  const [basename, night] = [basenameOf(row, snapshot), nightText(row.night as number)];
  const sums = row.sums as string;
  const size = row.original_size as number | null;
  const salt = sums.slice(size === null ? SUMS : 2 * SUMS);
  const text = (template: string) => fill(template, basename, night, salt);
  return {
    key: text(layout.key),
    filename: text(layout.filename),
    size: row.size as number,
    ...unpackSums(sums),
    packing: layout.packing,
    original: size === null ? null : { filename: text(layout.original), size, ...unpackSums(sums.slice(SUMS)) },
    warnings: row.warnings === null ? [] : (JSON.parse(row.warnings as string) as string[]),
  };
}

/** The frame of a row of `FRAME_COLUMNS`. The snapshot must have met what it refers to (lookups.ts). */
export function frameOf(row: Row, snapshot: Snapshot): Frame {
  const combination = snapshot.combinations.get(row.combination as number)!;
  const { width, height } = snapshot.layouts.get(row.layout as number)!;
  const basename = basenameOf(row, snapshot);
  return {
    id: row.id as number,
    version: row.version as number,
    basename,
    siteid: combination.siteid,
    telid: combination.telid,
    instrume: combination.instrume,
    imagetyp: combination.imagetyp,
    filter: combination.filter,
    object: row.object === null ? null : snapshot.objects.get(row.object as number)!,
    rlevel: combination.rlevel,
    dateObs: row.date_obs as number,
    night: nightText(row.night as number),
    exptime: row.exptime as number | null,
    xbinning: combination.xbinning,
    ybinning: combination.ybinning,
    width,
    height,
    ra: row.ra as number | null,
    dec: row.dec as number | null,
    footprint: footprintOf(row),
    reqnum: unpackDigits(row.reqnum as string | number | null),
    obsnum: unpackDigits(row.obsnum as string | number | null),
    propid: combination.propid,
    publicDate: row.public_date as number | null,
    related: unpackNames(row.related as string | null, basename),
    file: fileOf(row, snapshot),
    created: row.created as number,
  };
}
