/** A catalogue and a plain map of the same frames, changed and asked at random, side by side. */
import type { Catalogue } from "../../src/store/catalogue.ts";
import type { Frame, FrameQuery, Sight } from "../../src/store/frame.ts";
import { find, matches, visible } from "./model.ts";
import { type Random, randomFacts, randomFile, randomNight, randomPage, randomQuery, randomSight } from "./random.ts";

const STAFF: Sight = { kind: "all" };

export class RandomRun {
  readonly current = new Map<string, Frame>();
  private readonly names: string[];
  private turn = 0;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly random: Random,
    names: number,
  ) {
    const beginning = () => random.of(["Frame-", "goe-cam1-20230101-", "ü", ""]);
    const end = () => random.of(["e00", "_e90", "o%"]);
    this.names = Array.from({ length: names }, (_, i) => `${beginning()}${String(i).padStart(4, "0")}-${end()}`);
  }

  /** One change: a new frame or version, another file, or (at most `removals` of those that could be) a removal. */
  async change(removals: number): Promise<void> {
    const { random, catalogue, current } = this;
    const name = random.of(this.names);
    const frame = current.get(name);
    const kind = random.next();
    this.turn++;
    if (frame !== undefined && kind < removals) {
      await catalogue.remove(frame.id);
      current.delete(name);
    } else if (frame !== undefined && kind < removals + 0.2) {
      const file = randomFile(random, name);
      if (!(await catalogue.replaceFile(frame.id, frame.version, frame.file.key, file)))
        throw new Error(`lost ${name}`);
      current.set(name, { ...frame, file });
    } else {
      const added = await catalogue.add(randomFacts(random, name), randomFile(random, name), this.turn);
      if (added.outcome !== (frame === undefined ? "created" : "version")) throw new Error(`${added.outcome} ${name}`);
      // As the catalogue gives it back: footprints are rounded.
      current.set(name, (await catalogue.owner(name))!);
    }
  }

  /** One question of each kind or of one; what differs, null where nothing does. */
  async ask(): Promise<string | null> {
    const { random, catalogue } = this;
    const frames = [...this.current.values()];
    const [query, sight, page] = [
      randomQuery(random, this.names),
      randomSight(random, this.turn++),
      randomPage(random),
    ];
    const answer = await catalogue.list(query, page, sight);
    const given = { count: answer.count, ids: answer.frames.map(({ id }) => id) };
    const all = find(frames, query, { ...page, offset: 0, limit: frames.length }, sight);
    const ids = all.ids.slice(page.offset, page.offset + page.limit);
    const differences = [differ("list", given, { count: all.count, ids })];
    if (answer.next !== null) {
      const next = await catalogue.list(query, { ...page, cursor: answer.next }, sight);
      const after = page.offset + page.limit;
      const onward = all.ids.slice(after, after + page.limit);
      differences.push(
        differ(
          "next",
          next.frames.map(({ id }) => id),
          onward,
        ),
      );
    }
    if (random.chance(0.2)) differences.push(await this.sum(query, sight, frames));
    const wrong = differences.filter((difference) => difference !== null);
    return wrong.length === 0 ? null : `${wrong.join("; ")} of ${JSON.stringify({ query, page, sight })}`;
  }

  private async sum(query: FrameQuery, sight: Sight, frames: Frame[]): Promise<string | null> {
    const found = frames.filter((frame) => visible(frame, sight) && matches(frame, query));
    const bytes = (some: Frame[]) => some.reduce((sum, { file }) => sum + file.size, 0);
    const [from, to] = [randomNight(this.random), randomNight(this.random)].sort() as [string, string];
    const inside = found.filter(({ night }) => night >= from && night <= to);
    const aggregate = await this.catalogue.aggregate(query, sight);
    const nights = await this.catalogue.nights(query, from, to, sight);
    const given = {
      found: [aggregate.count, aggregate.bytes],
      nights: [
        nights.reduce((sum, { frames: some }) => sum + some, 0),
        nights.reduce((sum, one) => sum + one.bytes, 0),
      ],
    };
    return differ("sums", given, {
      found: [found.length, bytes(found)],
      nights: [inside.length, bytes(inside)],
    });
  }

  /** Whether the catalogue has exactly the frames that it should. */
  async compare(): Promise<string | null> {
    const page = { sort: "id", descending: false, limit: this.current.size + 1, offset: 0 } as const;
    const { frames } = await this.catalogue.list({}, page, STAFF);
    const kept = frames.map(({ relatedIds: _, ...frame }) => frame);
    const expected = [...this.current.values()].sort((a, b) => a.id - b.id);
    return differ("frames", kept, expected);
  }
}

/** Both sides come from the same code for everything but what is compared, so their keys stand in the same order. */
function differ(what: string, given: unknown, expected: unknown): string | null {
  const [a, b] = [JSON.stringify(given), JSON.stringify(expected)];
  return a === b ? null : `${what}: ${a.slice(0, 300)} and not ${b.slice(0, 300)}`;
}
