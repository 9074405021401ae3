/** Runs the catalogue's queries, and the naive layout's, inside workerd, and answers what D1 says that they cost. */
import { openCatalogue } from "../src/store/d1-catalogue.ts";
import type { Cost } from "../src/store/database.ts";
import { checkCounters } from "../src/store/upkeep.ts";
import { Random } from "../test/store/random.ts";
import { RandomRun } from "../test/store/random-run.ts";
import { ANONYMOUS, budgets, findsRelated, STAFF } from "./catalogue-queries.ts";

export interface Measured {
  name: string;
  who: string;
  found: number;
  rowsRead: number;
  statements: number;
  milliseconds: number;
  most: number | null;
}

async function ours(db: D1Database, total: number): Promise<Measured[]> {
  const costs: Cost[] = [];
  const catalogue = openCatalogue(db, { observe: (cost) => costs.push(cost) });
  const results: Measured[] = [];
  const sum = (read: Cost[], field: "rowsRead" | "milliseconds") => read.reduce((all, cost) => all + cost[field], 0);
  await catalogue.list({}, { sort: "id", descending: false, limit: 0, offset: 0 }, ANONYMOUS);
  results.push({
    name: "cold start (combinations)",
    who: "",
    found: 0,
    rowsRead: sum(costs, "rowsRead"),
    statements: costs.length,
    milliseconds: sum(costs, "milliseconds"),
    most: null,
  });
  for (const budget of budgets(total)) {
    for (const [who, sight] of [
      ["staff", STAFF],
      ["anonymous", ANONYMOUS],
    ] as const) {
      await budget.run(catalogue, sight);
      costs.length = 0;
      const found = await budget.run(catalogue, sight);
      const read = costs
        .slice(budget.name === "keyset page" ? costs.length / 2 : 0)
        .filter(({ sql }) => !findsRelated(sql));
      results.push({
        name: budget.name,
        who,
        found,
        rowsRead: sum(read, "rowsRead"),
        statements: read.length,
        milliseconds: sum(read, "milliseconds"),
        most: Math.floor(budget.most(found)),
      });
    }
  }
  return results;
}

async function naive(db: D1Database, total: number): Promise<Measured[]> {
  const results: Measured[] = [];
  for (const { name, naive: condition, naiveTail = "ORDER BY date_obs, id LIMIT 25" } of budgets(total)) {
    if (condition === undefined) continue;
    const [list, count] = await db.batch<{ frames: number }>([
      db.prepare(`SELECT * FROM naive WHERE ${condition} ${naiveTail}`),
      db.prepare(`SELECT count(*) AS frames FROM naive WHERE ${condition}`),
    ]);
    results.push({
      name,
      who: "naive",
      found: count!.results[0]!.frames,
      rowsRead: list!.meta.rows_read + count!.meta.rows_read,
      statements: 2,
      milliseconds: list!.meta.duration + count!.meta.duration,
      most: null,
    });
  }
  return results;
}

let run: RandomRun | null = null;

/** Random changes, then random questions, of an archive that was empty before the first call: what was wrong. */
async function check(db: D1Database, questions: number): Promise<string[]> {
  run ??= new RandomRun(openCatalogue(db), new Random(4711), 1500);
  const wrong: string[] = [];
  for (let i = 0; i < questions; i++) await run.change(run.current.size < 700 ? 0.05 : 0.3);
  for (let i = 0; i < questions; i++) wrong.push((await run.ask()) ?? "");
  wrong.push((await run.compare()) ?? "", ...(await checkCounters(db)).map((one) => JSON.stringify(one)));
  return wrong.filter(Boolean);
}

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/check") return Response.json(await check(env.DB, Number(searchParams.get("questions"))));
    const total = Number(searchParams.get("frames"));
    return Response.json(await (pathname === "/naive" ? naive : ours)(env.DB, total));
  },
} satisfies ExportedHandler<Env>;
