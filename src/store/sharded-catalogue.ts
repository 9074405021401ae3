/** The catalogue in several databases: each question goes to all of them, or to the one that an id or a name leads to. */
import type { Added, Catalogue, StoredKey, Version } from "./catalogue.ts";
import type { D1Catalogue } from "./d1-catalogue.ts";
import type { Due, DueWork, Postponed, WorkKind } from "./due-work.ts";
import type {
  Aggregate,
  Frame,
  FrameFacts,
  FrameList,
  FrameQuery,
  ListedFrame,
  NightCount,
  ObjectCount,
  Page,
  Sight,
  StoredFile,
} from "./frame.ts";
import { mostFirst } from "./objects.ts";
import { type Shard, shardFor, shardNumberOf } from "./shards.ts";
import { comparePlaces, frameValue, readCursor, writeCursor } from "./sort.ts";

/** Frames that are read from every shard to be merged; a page beyond is looked for by its date first. */
const MOST_MERGED = 2000;

export class ShardedCatalogue implements Catalogue {
  private readonly parts: D1Catalogue[];
  private readonly shards: Shard[];

  /** `parts[i]` is the catalogue of `shards[i]`; there are at least two. */
  constructor(shards: Shard[], parts: D1Catalogue[]) {
    this.shards = shards;
    this.parts = parts;
  }

  get bookmark(): string | null {
    const marks = this.parts.map((part) => part.bookmark ?? "");
    return marks.every((mark) => mark === "") ? null : marks.join(",");
  }

  async list(query: FrameQuery, page: Page, sight: Sight): Promise<FrameList> {
    const cursor = readCursor(page);
    const from = cursor === null ? await this.nearer(query, page, sight) : { query, offset: 0 };
    const most = from.offset + page.limit;
    const lists = await Promise.all(
      this.parts.map((part) => part.list(from.query, { ...page, offset: 0, limit: most }, sight)),
    );
    const counts =
      from.query === query ? lists : await Promise.all(this.parts.map((part) => this.count(part, query, sight)));
    const compare = comparePlaces(page.descending);
    const place = (frame: Frame) => ({ id: frame.id, value: frameValue(page.sort, frame) });
    const merged = lists.flatMap(({ frames }) => frames).sort((a, b) => compare(place(a), place(b)));
    const backwards = cursor?.backwards ?? false;
    const kept = backwards ? merged.slice(-page.limit || merged.length) : merged.slice(from.offset, most);
    const left = merged.length > most || lists.some((list) => (backwards ? list.previous : list.next) !== null);
    const count = counts.reduce((sum, list) => sum + list.count, 0);
    const [first, last] = [kept[0], kept.at(-1)];
    const onward = cursor === null ? page.offset + kept.length < count : backwards || left;
    const back = cursor === null ? page.offset > 0 : !backwards || left;
    return {
      count,
      frames: await this.relate(kept, sight),
      next: last !== undefined && onward ? writeCursor(page, place(last), false) : null,
      previous: first !== undefined && back ? writeCursor(page, place(first), true) : null,
    };
  }

  async aggregate(query: FrameQuery, sight: Sight, options?: { facets?: boolean }): Promise<Aggregate> {
    const [first, ...rest] = await Promise.all(this.parts.map((part) => part.aggregate(query, sight, options)));
    const sum = structuredClone(first!);
    for (const other of rest) {
      sum.count += other.count;
      sum.bytes += other.bytes;
      for (const [field, counts] of Object.entries(other)) {
        if (!(counts instanceof Map)) continue;
        const sums = sum[field as keyof Aggregate] as Map<unknown, number>;
        for (const [value, frames] of counts) sums.set(value, (sums.get(value) ?? 0) + (frames as number));
      }
    }
    return sum;
  }

  async objects(query: FrameQuery, limit: number, sight: Sight): Promise<ObjectCount[]> {
    const everyOne = Number.MAX_SAFE_INTEGER;
    const frames = new Map<string, number>();
    for (const found of await Promise.all(this.parts.map((part) => part.objects(query, everyOne, sight)))) {
      for (const one of found) frames.set(one.name, (frames.get(one.name) ?? 0) + one.frames);
    }
    const all = Array.from(frames, ([name, number]) => ({ name, frames: number }));
    return all.sort(mostFirst).slice(0, limit);
  }

  async nights(query: FrameQuery, from: string, to: string, sight: Sight): Promise<NightCount[]> {
    const nights = new Map<string, NightCount>();
    for (const found of await Promise.all(this.parts.map((part) => part.nights(query, from, to, sight)))) {
      for (const one of found) {
        const sum = nights.get(one.night);
        if (sum === undefined) nights.set(one.night, one);
        else {
          sum.frames += one.frames;
          sum.bytes += one.bytes;
        }
      }
    }
    return [...nights.values()].sort((a, b) => (a.night < b.night ? -1 : Number(a.night > b.night)));
  }

  async frame(id: number, sight: Sight, version?: number): Promise<ListedFrame | null> {
    const frame = (await this.partOf(id)?.frame(id, sight, version)) ?? null;
    return frame === null ? null : (await this.relate([frame], sight))[0]!;
  }

  async alone(id: number, sight: Sight, version?: number): Promise<Frame | null> {
    return (await this.partOf(id)?.alone(id, sight, version)) ?? null;
  }

  async frames(ids: number[], sight: Sight, options?: { bare?: boolean }): Promise<ListedFrame[]> {
    const found = await Promise.all(
      this.parts.map((part, i) =>
        part.frames(
          ids.filter((id) => shardNumberOf(id) === i),
          sight,
          options,
        ),
      ),
    );
    const byId = new Map(found.flat().map((frame) => [frame.id, frame]));
    const ordered = ids.map((id) => byId.get(id)).filter((frame) => frame !== undefined);
    return this.relate(ordered, sight);
  }

  async holds(basename: string, sha256: string): Promise<boolean> {
    return (await Promise.all(this.parts.map((part) => part.holds(basename, sha256)))).includes(true);
  }

  async owner(basename: string): Promise<Frame | null> {
    return (await Promise.all(this.parts.map((part) => part.owner(basename)))).find((frame) => frame !== null) ?? null;
  }

  async related(id: number, sight: Sight): Promise<ListedFrame[]> {
    const frame = await this.frame(id, sight);
    return frame === null ? [] : this.frames(frame.relatedIds, sight);
  }

  async versions(
    find: { md5?: string; sha256?: string; basename?: string; frameId?: number },
    { limit, offset }: { limit: number; offset: number },
    sight: Sight,
  ): Promise<{ count: number; versions: Version[] }> {
    const first = { limit: offset + limit, offset: 0 };
    const found = await Promise.all(this.parts.map((part) => part.versions(find, first, sight)));
    const versions = found
      .flatMap((one) => one.versions)
      .sort((a, b) => b.created - a.created || b.frameId - a.frameId || b.version - a.version);
    return {
      count: found.reduce((sum, { count }) => sum + count, 0),
      versions: versions.slice(offset, offset + limit),
    };
  }

  /**
   * A name stays in the shard that had it first, whatever DATE-OBS later versions have: the first shard keeps who took
   * it, so that two uploads of one name with dates in different epochs end up in one place.
   */
  async add(facts: FrameFacts, file: StoredFile, now: number, due?: Due): Promise<Added> {
    const owner = await this.owner(facts.basename);
    const { number } = shardFor(this.shards, facts.dateObs);
    const taken = owner === null ? await this.parts[0]!.claim(facts.basename, number) : shardNumberOf(owner.id);
    return this.parts[taken]!.add(facts, file, now, due);
  }

  async strike(id: number, version: number, kind: WorkKind): Promise<void> {
    await this.partOf(id)?.strike(id, version, kind);
  }

  async overdue(now: number, limit: number): Promise<DueWork[]> {
    return (await Promise.all(this.parts.map((part) => part.overdue(now, limit)))).flat();
  }

  async postpone(works: Postponed[]): Promise<void> {
    await Promise.all(
      this.parts.map((part, number) =>
        part.postpone(works.filter(({ work }) => shardNumberOf(work.frameId) === number)),
      ),
    );
  }

  async replaceFile(id: number, version: number, expectedKey: string, file: StoredFile): Promise<boolean> {
    return (await this.partOf(id)?.replaceFile(id, version, expectedKey, file)) ?? false;
  }

  async remove(id: number): Promise<string[] | null> {
    return (await this.partOf(id)?.remove(id)) ?? null;
  }

  async keys(after: number, limit: number): Promise<StoredKey[]> {
    // Ids of a shard are all below those of the next.
    for (const part of this.parts.slice(shardNumberOf(after))) {
      const keys = await part.keys(after, limit);
      if (keys.length > 0) return keys;
    }
    return [];
  }

  private partOf(id: number): D1Catalogue | undefined {
    return this.parts[shardNumberOf(id)];
  }

  private count(part: Catalogue, query: FrameQuery, sight: Sight): Promise<FrameList> {
    return part.list(query, { sort: "id", descending: false, limit: 0, offset: 0 }, sight);
  }

  /**
   * Far pages in order of DATE-OBS: halves the time until the frames before a date are just fewer than the offset, by
   * counts alone. Other orders merge from the beginning.
   */
  private async nearer(query: FrameQuery, page: Page, sight: Sight): Promise<{ query: FrameQuery; offset: number }> {
    const { offset, descending } = page;
    if (page.sort !== "dateObs" || offset + page.limit <= MOST_MERGED) return { query, offset };
    const bounded = async (at: number): Promise<number> => {
      const part: FrameQuery = descending
        ? { ...query, start: Math.max(query.start ?? at, at) }
        : { ...query, end: Math.min(query.end ?? at, at) };
      const counts = await Promise.all(this.parts.map((one) => this.count(one, part, sight)));
      return counts.reduce((sum, { count }) => sum + count, 0);
    };
    // Year 1 to 9999: 48 halvings at most, and it ends as soon as what is left to merge is little.
    let [low, high] = [-62_135_596_800_000, 253_402_300_799_999];
    let passed = 0;
    let edge: number | null = null;
    while (low <= high) {
      const middle = Math.floor((low + high) / 2);
      const before = await bounded(middle);
      if (before <= offset) {
        [edge, passed] = [middle, before];
        if (offset - before < MOST_MERGED / 2) break;
        if (descending) high = middle - 1;
        else low = middle + 1;
      } else if (descending) low = middle + 1;
      else high = middle - 1;
    }
    if (edge === null) return { query, offset };
    const rest = descending
      ? { ...query, end: Math.min(query.end ?? edge - 1, edge - 1) }
      : { ...query, start: Math.max(query.start ?? edge + 1, edge + 1) };
    return { query: rest, offset: offset - passed };
  }

  /** Related frames may lie in other shards than the frame that names them. */
  private async relate(frames: ListedFrame[], sight: Sight): Promise<ListedFrame[]> {
    const open = frames.filter(({ related, relatedIds }) => relatedIds.length < related.length);
    if (open.length === 0) return frames;
    const names = [...new Set(open.flatMap(({ related }) => related))];
    const ids = new Map<string, number>();
    for (const found of await Promise.all(this.parts.map((part) => part.named(names, sight)))) {
      for (const [name, id] of found) ids.set(name, id);
    }
    return frames.map((frame) => ({
      ...frame,
      relatedIds: frame.related
        .map((name) => ids.get(name))
        .filter((id) => id !== undefined)
        .concat(frame.relatedIds)
        .filter((id, i, all) => all.indexOf(id) === i)
        .sort((a, b) => a - b),
    }));
  }
}
