/** The queries whose rows read are promised (issue 4), for the made-up network of scripts/seed-frames.ts. */
import { OBJECTS, SEED_END, SEED_START, seedFrame, skyObject } from "../scripts/seed-frames.ts";
import type { Catalogue } from "../src/store/catalogue.ts";
import type { FrameQuery, Page, Sight } from "../src/store/frame.ts";

export const DAY = 86_400_000;
export const STAFF: Sight = { kind: "all" };
export const ANONYMOUS: Sight = { kind: "some", now: SEED_END, proposals: [], undated: false };
export const PAGE: Page = { sort: "dateObs", descending: false, limit: 25, offset: 0 };

export interface Budget {
  name: string;
  /** Runs the query and answers how many frames it found. */
  run: (catalogue: Catalogue, sight: Sight) => Promise<number>;
  /** Rows that may be read, given the frames found. */
  most: (found: number) => number;
  /** The same question to one table with an index a column (`naive`), as pyobs-archive asks it: its condition. */
  naive?: string;
  /** And its order, `LIMIT` and `OFFSET`, where not the first 25 by date. */
  naiveTail?: string;
}

function listed(name: string, query: FrameQuery, most: (found: number) => number, page: Partial<Page> = {}): Budget {
  return {
    name,
    run: async (catalogue, sight) => (await catalogue.list(query, { ...PAGE, ...page }, sight)).count,
    most,
  };
}

/** Whether a statement looks for related frames: one more a page, with two rows a name, and in no budget. */
export function findsRelated(sql: string): boolean {
  return sql.includes("AS name, frame.combination");
}

/** Every budget, for `total` seeded frames. */
export function budgets(total: number): Budget[] {
  return promised(total).map((budget) => ({ ...budget, ...naively(budget.name, total) }));
}

/** pyobs-archive's own SQL. It has no footprints, no projects, and its cone compares a chord. */
function naively(name: string, total: number): Pick<Budget, "naive" | "naiveTail"> {
  const { site, rare, crowded, middle, night, basename } = places(total);
  const text = (value: string | null) => `'${value}'`;
  const equal = `siteid = ${text(site.siteid)} AND telid = ${text(site.telid)} AND instrume = ${text(site.instrume)}
    AND imagetyp = 'object' AND filter = ${text(site.filter)}`;
  const cone = ({ ra, dec }: { ra: number; dec: number }) => {
    const [a, d] = [(ra * Math.PI) / 180, (dec * Math.PI) / 180];
    const vector = [Math.cos(d) * Math.cos(a), Math.cos(d) * Math.sin(a), Math.sin(d)];
    const chord = ["vec_x", "vec_y", "vec_z"].map((axis, i) => `(${axis} - ${vector[i]}) * (${axis} - ${vector[i]})`);
    return `${chord.join(" + ")} <= ${(Math.PI / 1080) ** 2}`;
  };
  const object = ({ name }: { name: string }) => `object LIKE '%${name}%'`;
  const conditions: Record<string, string | [string, string]> = {
    "default list": "true",
    "one site": `siteid = ${text(site.siteid)}`,
    "all equality filters": `${equal} AND rlevel = 0 AND xbinning = 1 AND ybinning = 1`,
    "darks of one telescope": `telid = ${text(site.telid)} AND imagetyp = 'dark'`,
    "impossible combination": `siteid = 'nowhere' AND filter = ${text(site.filter)}`,
    "OBJECT contains, 1 object": object(rare),
    "OBJECT contains, crowded object": object(crowded),
    "a night": `night = ${text(night)}`,
    "a date range": `date_obs BETWEEN ${middle + 3_600_000} AND ${middle + 7.3 * DAY}`,
    "years of dates": `date_obs BETWEEN ${SEED_START + 40.4 * DAY} AND ${SEED_END - 77.7 * DAY}`,
    "offset, a third": ["true", `ORDER BY date_obs, id LIMIT 25 OFFSET ${Math.floor(total / 3)}`],
    "EXPTIME at least 60": "exptime >= 60",
    "EXPTIME at least 1800": "exptime >= 1800",
    "cone 10', sparse": cone(rare),
    "cone 10', crowded": cone(crowded),
    "name contains, camera and night": `basename LIKE '%${basename.slice(4, -9)}%'`,
    "name contains, a number": `basename LIKE '%${basename.slice(-9, -3)}%'`,
    "by OBJECT": ["true", "ORDER BY object, id LIMIT 25"],
    "by EXPTIME": ["true", "ORDER BY exptime, id LIMIT 25"],
    "by EXPTIME, longest first": ["true", "ORDER BY exptime DESC, id LIMIT 25"],
    "by FILTER": ["true", "ORDER BY filter, id LIMIT 25"],
    "by night": ["true", "ORDER BY night, id LIMIT 25"],
    "filters + dates + cone": `${cone(crowded)} AND filter IN ('B', 'V') AND date_obs <= ${middle + 7.3 * DAY}`,
  };
  const found = conditions[name];
  if (found === undefined) return {};
  return typeof found === "string" ? { naive: found } : { naive: found[0], naiveTail: found[1] };
}

/** What the queries are about. */
function places(total: number) {
  const { night, basename } = seedFrame(Math.floor(total / 2), total).facts;
  const site = Array.from({ length: 400 }, (_, i) => seedFrame(Math.floor(total * 0.3) + i * 7, total).facts).find(
    ({ imagetyp, rlevel, publicDate }) => imagetyp === "object" && rlevel === 0 && publicDate !== null,
  )!;
  return { night, basename, site, rare: skyObject(2900), crowded: skyObject(0), middle: (SEED_START + SEED_END) / 2 };
}

function promised(total: number): Budget[] {
  const sample = seedFrame(Math.floor(total / 2), total).facts;
  const { site: science, rare, crowded, middle } = places(total);
  const perDay = total / 3653;
  const third = Math.floor(total / 3);
  const { siteid, telid, instrume, filter } = science;
  const equals = { siteid: [siteid], telid: [telid], instrume: [instrume], imagetyp: ["object"], filter: [filter] };
  const cone = { ra: crowded.ra, dec: crowded.dec, radius: 1 / 6 };
  const week = { start: middle + 3_600_000, end: middle + 7.3 * DAY };
  const aggregated = (name: string, query: FrameQuery, facets: boolean): Budget => ({
    name,
    run: async (catalogue, sight) => (await catalogue.aggregate(query, sight, { facets })).count,
    most: () => 1,
  });
  return [
    listed("default list", {}, () => 60),
    {
      name: "keyset page",
      run: async (catalogue, sight) => {
        const first = await catalogue.list({}, PAGE, sight);
        return (await catalogue.list({}, { ...PAGE, cursor: first.next! }, sight)).count;
      },
      most: () => 30,
    },
    listed("one site", { equals: { siteid: [siteid] } }, () => 700),
    listed("all equality filters", { equals: { ...equals, rlevel: [0], binning: ["1x1"] } }, () => 700),
    listed("telescope + filter, newest first", { equals: { telid: [telid], filter: [filter] } }, () => 700, {
      descending: true,
    }),
    listed("darks of one telescope", { equals: { telid: [telid], imagetyp: ["dark"] } }, () => 700),
    listed("two filters, deep offset", { equals: { filter: ["B", "V"] } }, () => 700, {
      offset: Math.floor(total / 30),
    }),
    listed("one proposal", { equals: { propid: [science.propid] } }, () => 700),
    listed("impossible combination", { equals: { siteid: ["nowhere"], filter: [filter] } }, () => 1),
    {
      name: "nights of a year",
      run: async (catalogue, sight) =>
        (await catalogue.nights({ equals: { siteid: [siteid] } }, "2019-01-01", "2019-12-31", sight)).length,
      most: () => 400,
    },
    aggregated("aggregate", {}, false),
    aggregated("aggregate, equality filters", { equals }, false),
    aggregated("aggregate with counts", { equals: { siteid: [siteid], imagetyp: ["object"] } }, true),
    listed("OBJECT contains, 1 object", { objectContains: rare.name }, () => 150),
    listed("OBJECT contains, crowded object", { objectContains: crowded.name }, () => 150),
    listed("OBJECT contains, some objects", { objectContains: skyObject(1290).name.slice(-5) }, () => 150),
    listed("OBJECT contains + filters", { objectContains: crowded.name, equals: { filter: ["B", "V"] } }, () => 1000),
    listed("a night", { equals: { night: [sample.night] } }, (found) => 1.1 * found + 30),
    listed("a date range", week, () => 300 + 2.4 * perDay),
    listed("years of dates", { start: SEED_START + 40.4 * DAY, end: SEED_END - 77.7 * DAY }, () => 300 + 2.4 * perDay),
    listed("offset, a third", {}, () => 200 + 1.5 * perDay, { offset: third }),
    listed("offset, the end, newest first", {}, () => 200 + 1.5 * perDay, {
      offset: Math.floor(total * 0.9),
      descending: true,
    }),
    listed("EXPTIME at least 60", { exptimeMin: 60 }, () => 400),
    listed("EXPTIME at least 1800", { exptimeMin: 1800 }, () => 400),
    listed("EXPTIME at least 29.5", { exptimeMin: 29.5, exptimeMax: 29.9 }, () => 400),
    listed("cone 10', sparse", { cone: { ra: rare.ra, dec: rare.dec, radius: 1 / 6 } }, (found) => 1.1 * found + 100),
    listed("cone 10', crowded", { cone }, (found) => Math.min(150, 1.1 * found + 100)),
    listed(
      "footprint covers a point",
      { covers: { shape: "point", ra: rare.ra, dec: rare.dec } },
      (found) => 2 * found + 50,
    ),
    listed(
      "covers a point, crowded",
      { covers: { shape: "point", ra: crowded.ra, dec: crowded.dec } },
      (found) => 2 * found + 50,
    ),
    listed(
      "name contains, camera and night",
      { basenameContains: sample.basename.slice(4, -9) },
      (found) => 2.2 * found + 50,
    ),
    listed("name contains, nearly all of one", { basenameContains: sample.basename.slice(2) }, () => 20),
    listed("name contains, nowhere", { basenameContains: "nowhere" }, () => 5),
    // Any name may go on like this: every frame is tested.
    listed("name contains, a number", { basenameContains: sample.basename.slice(-9, -3) }, () => 1.01 * total + 100),
    listed("by OBJECT", {}, () => 1000, { sort: "object" }),
    listed("by OBJECT, last first", {}, () => 1000, { sort: "object", descending: true }),
    listed("by OBJECT, a third", {}, () => 2000 + 2 * OBJECTS, { sort: "object", offset: third }),
    listed("by OBJECT, one site", { equals: { siteid: [siteid] } }, () => 2000, { sort: "object" }),
    listed("by EXPTIME", {}, () => 1000, { sort: "exptime" }),
    listed("by EXPTIME, longest first", {}, () => 1000, { sort: "exptime", descending: true }),
    listed("by EXPTIME, one site", { equals: { siteid: [siteid] }, exptimeMin: 60 }, () => 15_000, { sort: "exptime" }),
    listed("by FILTER", {}, () => 1000, { sort: "filter" }),
    listed("by TELID, last first", {}, () => 1000, { sort: "telid", descending: true }),
    listed("by night", {}, () => 200 + 6 * perDay, { sort: "night" }),
    listed("by night, a third", {}, () => 200 + 6 * perDay, { sort: "night", offset: third, descending: true }),
    listed("by basename", {}, () => 100, { sort: "basename" }),
    {
      name: "frame by id",
      run: async (catalogue, sight) => Number((await catalogue.frame(Math.floor(total / 2), sight)) !== null),
      most: () => 3,
    },
    {
      name: "frame by name",
      run: async (catalogue) => Number((await catalogue.owner(sample.basename)) !== null),
      most: () => 3,
    },
    listed("filters + dates + cone", { ...week, start: SEED_START, cone, equals: { filter: ["B", "V"] } }, () => 3000),
    listed(
      "filters + OBJECT + night",
      { objectContains: crowded.name, equals: { night: [sample.night], imagetyp: ["object"] } },
      () => 3000,
    ),
    listed("filters + a year", { ...week, end: middle + 365 * DAY, equals }, () => 3000),
  ];
}
