/** Frames as rows of the table `frame`, and back. */
import { cellOf } from "../sky/healpix.ts";
import { nightNumber, nightText } from "./calendar.ts";
import type { Row } from "./database.ts";
import { stepOf } from "./exposure-step.ts";
import { packFootprint, unpackFootprint } from "./footprint-blob.ts";
import type { Frame, FrameFacts, StoredFile } from "./frame.ts";
import { fromTemplate, toTemplate } from "./name-template.ts";
import { packNames, unpackNames } from "./related-names.ts";
import type { Snapshot } from "./snapshot.ts";

/** Order of `frame.cell`: 1.7′, fine enough for a cone of some minutes, coarse enough that a field has few of them. */
export const CELL_ORDER = 11;

/** What a frame is read as. D1 hands hexadecimal over cheaper than BLOBs. */
export const FRAME_COLUMNS = `frame.id, frame.combination, frame.object, frame.date_obs, frame.night, frame.exptime,
  frame.ra, frame.dec, frame.public_date, frame.version, frame.basename, frame.reqnum, frame.obsnum, frame.width,
  frame.height, hex(frame.footprint) AS footprint, frame.related, frame.created, frame.size, frame.key,
  frame.filename, frame.crc32, lower(hex(frame.md5)) AS md5, lower(hex(frame.sha256)) AS sha256, frame.packing,
  frame.warnings, frame.original_filename, frame.original_size, frame.original_crc32,
  lower(hex(frame.original_md5)) AS original_md5, lower(hex(frame.original_sha256)) AS original_sha256`;

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/** Columns of the file, in the order of the schema. */
export function fileColumns(file: StoredFile, basename: string): Row {
  return {
    size: file.size,
    key: toTemplate(file.key, basename),
    filename: toTemplate(file.filename, basename),
    crc32: file.crc32,
    md5: bytesOf(file.md5),
    sha256: bytesOf(file.sha256),
    packing: file.packing,
    warnings: file.warnings.length === 0 ? null : JSON.stringify(file.warnings),
    original_filename: file.original === null ? null : toTemplate(file.original.filename, basename),
    original_size: file.original?.size ?? null,
    original_crc32: file.original?.crc32 ?? null,
    original_md5: file.original === null ? null : bytesOf(file.original.md5),
    original_sha256: file.original === null ? null : bytesOf(file.original.sha256),
  };
}

/** Columns of the facts, but combination and object, which are looked up. */
export function factColumns(facts: FrameFacts): Row {
  return {
    date_obs: facts.dateObs,
    night: nightNumber(facts.night),
    exptime: facts.exptime,
    step: facts.exptime === null ? null : stepOf(facts.exptime),
    ra: facts.ra,
    dec: facts.dec,
    cell: facts.ra === null || facts.dec === null ? null : cellOf(CELL_ORDER, facts.ra, facts.dec),
    public_date: facts.publicDate,
    basename: facts.basename,
    reqnum: facts.reqnum,
    obsnum: facts.obsnum,
    width: facts.width,
    height: facts.height,
    footprint: facts.footprint === null ? null : packFootprint(facts.footprint),
    related: packNames(facts.related, facts.basename),
  };
}

export function fileOf(row: Row): StoredFile {
  const basename = row.basename as string;
  return {
    key: fromTemplate(row.key as string, basename),
    filename: fromTemplate(row.filename as string, basename),
    size: row.size as number,
    crc32: row.crc32 as number,
    md5: row.md5 as string,
    sha256: row.sha256 as string,
    packing: row.packing as StoredFile["packing"],
    original:
      row.original_filename === null
        ? null
        : {
            filename: fromTemplate(row.original_filename as string, basename),
            size: row.original_size as number,
            crc32: row.original_crc32 as number,
            md5: row.original_md5 as string,
            sha256: row.original_sha256 as string,
          },
    warnings: row.warnings === null ? [] : (JSON.parse(row.warnings as string) as string[]),
  };
}

/** The frame of a row of `FRAME_COLUMNS`. Its combination and object must be in the snapshot. */
export function frameOf(row: Row, snapshot: Snapshot): Frame {
  const combination = snapshot.combinations.get(row.combination as number)!;
  return {
    id: row.id as number,
    version: row.version as number,
    basename: row.basename as string,
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
    width: row.width as number,
    height: row.height as number,
    ra: row.ra as number | null,
    dec: row.dec as number | null,
    footprint: row.footprint === "" ? null : unpackFootprint(row.footprint as string),
    reqnum: row.reqnum as string | null,
    obsnum: row.obsnum as string | null,
    propid: combination.propid,
    publicDate: row.public_date as number | null,
    related: unpackNames(row.related as string | null, row.basename as string),
    file: fileOf(row),
    created: row.created as number,
  };
}
