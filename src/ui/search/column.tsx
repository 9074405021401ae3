/** Columns of the results table: what each shows, and which the person has chosen. */
import { signal } from "@preact/signals";
import { formatDec, formatRa } from "../../sky/angle.ts";
import type { Frame } from "../api/frame.ts";
import { bytes, seconds, time } from "../design/format.ts";
import { recall, remember } from "../design/memory.ts";

export interface Column {
  id: string;
  label: string;
  /** Says more than the label, where that is an abbreviation. */
  title?: string;
  /** The API's name to sort by; absent: cannot be sorted by. */
  sort?: string;
  number?: boolean;
  /** Room it needs, rem; a text that is longer ends in dots. Fixed, so that nothing moves when other frames come. */
  width: number;
  /** On show until the person chooses. */
  usual?: boolean;
  show: (frame: Frame) => string | number | null;
}

export const COLUMNS: readonly Column[] = [
  {
    id: "time",
    label: "Time (UTC)",
    width: 9.9,
    sort: "DATE_OBS",
    usual: true,
    show: (frame) => time(frame.DATE_OBS),
  },
  { id: "object", label: "Object", width: 6.8, sort: "OBJECT", usual: true, show: (frame) => frame.OBJECT },
  { id: "type", label: "Type", width: 4, sort: "OBSTYPE", usual: true, show: (frame) => frame.OBSTYPE },
  { id: "filter", label: "Filter", width: 3.6, sort: "FILTER", usual: true, show: (frame) => frame.FILTER },
  {
    id: "exptime",
    label: "Exp. (s)",
    width: 5,
    title: "Exposure time in seconds",
    sort: "EXPTIME",
    number: true,
    usual: true,
    show: (frame) => seconds(frame.EXPTIME),
  },
  {
    id: "binning",
    label: "Bin",
    width: 2.6,
    title: "Binning",
    sort: "binning",
    usual: true,
    show: (frame) => frame.binning,
  },
  {
    id: "level",
    label: "Level",
    width: 3.8,
    title: "Reduction level: 0 raw, 1 reduced",
    sort: "RLEVEL",
    number: true,
    usual: true,
    show: (frame) => frame.RLEVEL,
  },
  { id: "site", label: "Site", width: 3.6, sort: "SITEID", show: (frame) => frame.SITEID },
  { id: "telescope", label: "Telescope", width: 5.2, sort: "TELID", show: (frame) => frame.TELID },
  { id: "instrument", label: "Instrument", width: 5.7, sort: "INSTRUME", usual: true, show: (frame) => frame.INSTRUME },
  { id: "night", label: "Night", width: 5.6, sort: "night", show: (frame) => frame.night },
  {
    id: "ra",
    label: "RA",
    width: 5.4,
    sort: "RA",
    show: (frame) => (frame.RA === null ? null : formatRa(frame.RA, 1)),
  },
  {
    id: "dec",
    label: "Dec",
    width: 5.2,
    sort: "DEC",
    show: (frame) => (frame.DEC === null ? null : formatDec(frame.DEC, 0)),
  },
  { id: "pixels", label: "Pixels", width: 6.4, show: (frame) => `${frame.width} × ${frame.height}` },
  { id: "size", label: "Size", width: 5.2, sort: "size", number: true, show: (frame) => bytes(frame.size) },
  { id: "proposal", label: "Proposal", width: 7, sort: "PROPID", show: (frame) => frame.proposal_id },
  { id: "request", label: "Request", width: 6.4, sort: "REQNUM", show: (frame) => frame.REQNUM },
  { id: "observation", label: "Observation", width: 7, sort: "OBSNUM", show: (frame) => frame.OBSNUM },
];

/** Room that the name makes do with beside a preview, where it stands in two lines; rem. */
export const NAME_IN_TWO = 12;

/** Always there, as the heading of its row. */
export const NAME: Column = {
  id: "name",
  label: "Name",
  width: 16.6,
  sort: "basename",
  show: (frame) => frame.basename,
};

/** Previews in the table: a column of its own, before the names. */
export const THUMBNAILS = "thumbnail";

function restore(): ReadonlySet<string> {
  const stored = recall("columns");
  if (stored !== null) return new Set(stored.split(","));
  return new Set(COLUMNS.filter((column) => column.usual).map((column) => column.id));
}

export const shownColumns = signal<ReadonlySet<string>>(restore());

export function showColumn(id: string, on: boolean): void {
  const next = new Set(shownColumns.value);
  if (on) next.add(id);
  else next.delete(id);
  shownColumns.value = next;
  remember("columns", [...next].join(","));
}

export type Density = "roomy" | "dense";

export const density = signal<Density>(recall("density") === "dense" ? "dense" : "roomy");

export function chooseDensity(value: Density): void {
  density.value = value;
  remember("density", value);
}
