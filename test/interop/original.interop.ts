/**
 * pyobs-archive and this archive, side by side: the same frames are uploaded to both in the same order, then the same
 * requests are sent to both and their answers compared. Differences that are meant stand in original-differences.ts,
 * each with its reason; any other fails, and so does a reason that no answer needs any more.
 *
 * PYOBS_ARCHIVE: a checkout of pyobs/pyobs-archive; PYTHON: a Python that has Django, REST framework and what else it
 * needs; PG_BIN: folder of PostgreSQL's programs, where it shall run on that instead of SQLite; FRAMES: a folder of frames
 * that are sent to both as well.
 */
import { startArchive } from "./archive.mjs";
import { type Answer, ask, differencesOf, nameOf, type Site } from "./original-answers.ts";
import { MEANT, reasonFor } from "./original-differences.ts";
import { FileComparison, filesOf, uploadTo } from "./original-files.ts";
import { testFrames } from "./original-frames.ts";
import { READS } from "./original-requests.ts";
import { SCENES } from "./original-scenes.ts";
import { startOriginal, whyNot } from "./original-server.mjs";

const python = process.env.PYTHON ?? "/usr/bin/python3";
const checkout = process.env.PYOBS_ARCHIVE;

const ACCOUNTS = [
  ["staff", "staff-password-1", true, true],
  ["user", "user-password-1", false, true],
  ["inactive", "inactive-password-1", false, false],
] as const;

/** The same accounts in this archive; their tokens. */
async function addAccounts(url: string, token: string): Promise<Record<string, string>> {
  const send = async (method: string, path: string, body: unknown) => {
    const headers = { authorization: `Token ${token}`, "content-type": "application/json" };
    const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { token: string };
  };
  const tokens: Record<string, string> = {};
  for (const [username, password, is_staff, is_active] of ACCOUNTS) {
    await send("POST", "admin/api/users/", { username, password, is_staff });
    tokens[username] = (await send("POST", `admin/api/users/${username}/tokens/`, { label: "interop" })).token;
    if (!is_active) await send("PATCH", `admin/api/users/${username}/`, { is_active });
  }
  return tokens;
}

async function upload(site: Site): Promise<void> {
  for (const { basename, bytes } of testFrames()) {
    const taken = await uploadTo(site, { name: `${basename}.fits`, bytes });
    if ("refused" in taken) throw new Error(`${site.url} did not take ${basename}: ${taken.refused}`);
    site.ids.set(basename, taken.id);
  }
}

/** Once the queue has packed what it can: the original packs before it answers. */
async function packed(site: Site): Promise<void> {
  const headers = { authorization: `Token ${site.tokens.staff}` };
  let before = -1;
  for (let waited = 0; waited < 60; waited++) {
    const { results } = (await (await fetch(`${site.url}frames/`, { headers })).json()) as {
      results: { filename: string }[];
    };
    const now = results.filter(({ filename }) => filename.endsWith(".fz")).length;
    if (now > 0 && now === before) return;
    before = now;
    await new Promise((done) => setTimeout(done, 3000));
  }
  throw new Error("the frames were not packed");
}

if (!checkout) {
  console.log("skip: set PYOBS_ARCHIVE to a checkout of pyobs/pyobs-archive to compare with it");
  process.exit();
}
const reason = whyNot(python);
if (reason !== null) {
  console.log(`skip: ${reason}`);
  process.exit();
}

const original = await startOriginal({ checkout, python, accounts: ACCOUNTS, postgres: process.env.PG_BIN });
const archive = await startArchive({ PACK: "on" });
const theirs: Site = { url: original.url, tokens: original.tokens, ids: new Map() };
const ours: Site = { url: archive.url, tokens: await addAccounts(archive.url, archive.token), ids: new Map() };
await upload(theirs);
await upload(ours);
await packed(ours);

/** How often each reason was needed, by its index in MEANT. */
const needed = MEANT.map(() => 0);
const totals = { compared: 0, equal: 0, meant: 0 };

/** Says what differs and is not meant. */
function compare(name: string, a: Answer, b: Answer): void {
  const differences = differencesOf(a, b).map((difference) => ({
    ...difference,
    why: reasonFor(name, a, b, difference),
  }));
  totals.compared++;
  for (const why of new Set(differences.map((one) => one.why))) if (why >= 0) needed[why]!++;
  const unmeant = differences.filter(({ why }) => why < 0);
  if (differences.length === 0) totals.equal++;
  else if (unmeant.length === 0) totals.meant++;
  else {
    const told = unmeant
      .slice(0, 3)
      .map(({ at, theirs: is, ours: was }) => `${at}: ${short(is)} there, ${short(was)} here`);
    console.log(`FAIL ${name}: ${told.join("; ")}`);
    process.exitCode = 1;
  }
}

const short = (value: unknown) => (JSON.stringify(value) ?? "nothing").slice(0, 120);

// Both have two processes to answer with.
const left = [...READS];
await Promise.all(
  [1, 2].map(async () => {
    for (let request = left.shift(); request !== undefined; request = left.shift()) {
      compare(nameOf(request), await ask(theirs, request), await ask(ours, request));
    }
  }),
);
const files = new FileComparison(theirs, ours);
for (const { basename, bytes } of testFrames()) {
  await files.add({ name: basename, bytes }, theirs.ids.get(basename)!, ours.ids.get(basename)!);
}
for (const [scene, play] of Object.entries(SCENES)) {
  const steps = play(theirs);
  for await (const [step, answer] of play(ours)) compare(`${scene}: ${step}`, (await steps.next()).value![1], answer);
}
const taken = { both: 0, ours: 0, none: 0 };
for (const file of process.env.FRAMES ? filesOf(process.env.FRAMES) : []) {
  const [a, b] = [await uploadTo(theirs, file), await uploadTo(ours, file)];
  if ("id" in b) {
    taken["id" in a ? "both" : "ours"]++;
    if (!("id" in a)) continue;
    for (const route of ["headers/", "catalog/", "preview/"]) {
      const request = (id: number) => ({ method: "GET", path: `frames/${id}/${route}`, as: "staff" });
      compare(`${file.name}, ${route}`, await ask(theirs, request(a.id)), await ask(ours, request(b.id)));
    }
    await files.add(file, a.id, b.id);
  } else if ("id" in a) {
    console.log(`FAIL ${file.name} is taken there, and refused here: ${b.refused}`);
    process.exitCode = 1;
  } else taken.none++;
}
if (process.env.FRAMES)
  console.log(`     of FRAMES both took ${taken.both}, this one alone ${taken.ours}, none ${taken.none}`);
if (!files.end(python)) process.exitCode = 1;
const circumstances = [process.env.PG_BIN ? "PostgreSQL" : "SQLite", process.env.FRAMES ? "FRAMES" : ""];
for (const [index, { why, on }] of MEANT.entries()) {
  if (on !== undefined && !circumstances.includes(on)) continue;
  if (needed[index] === 0) {
    console.log(`FAIL no answer needs this reason any more: ${why}`);
    process.exitCode = 1;
  } else console.log(`     ${String(needed[index]).padStart(4)} × ${why}`);
}
const { compared, equal, meant } = totals;
if (!process.exitCode) console.log(`ok   ${compared} answers compared: ${equal} equal, ${meant} differ as meant`);
await archive.stop();
await original.stop();
