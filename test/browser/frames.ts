/** Frames to look at: those of `npm run demo`, sent through the real API. */
import { DEMO_FRAMES, type DemoFrame, demoFrames } from "../../src/cli/demo-frames.ts";
import type { Archive } from "./archive.ts";

/** The demo's first night, of both its telescopes. It takes some seconds: made once, by setup.ts. */
export function firstNight(): DemoFrame[] {
  const frames: DemoFrame[] = [];
  for (const frame of demoFrames()) {
    if (frames.push(frame) === DEMO_FRAMES / 2) break;
  }
  return frames;
}

/** A frame like another, with one card's text changed and a name of its own. Both must be in the file already. */
export function altered(frame: DemoFrame, name: string, cards: Record<string, string>): DemoFrame {
  const bytes = frame.bytes.slice();
  const text = new TextDecoder("latin1").decode(bytes);
  const stem = name.replace(/\.fits$/, "");
  for (const [keyword, value] of Object.entries({ FNAME: name, ...cards })) {
    const at = text.indexOf(`${keyword.padEnd(8)}= '`);
    if (at < 0) throw new Error(`${frame.name} has no card ${keyword}`);
    const card = `${keyword.padEnd(8)}= '${value.replaceAll("'", "''").padEnd(8)}'`.padEnd(80);
    if (card.length > 80) throw new Error(`${value} is too long for a card`);
    bytes.set(new TextEncoder().encode(card), at);
  }
  return { name: `${stem}.fits`, bytes };
}

/** A token of the archive's first account. */
export async function tokenOf(archive: Pick<Archive, "url" | "username" | "password">): Promise<string> {
  const { url, username, password } = archive;
  const answer = await fetch(`${url}/api-token-auth/`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
  return ((await answer.json()) as { token: string }).token;
}

/** Uploads frames, several in a request; throws where the archive does not take them all. */
export async function fill(
  archive: Pick<Archive, "url" | "username" | "password">,
  frames: Iterable<DemoFrame>,
): Promise<void> {
  const token = await tokenOf(archive);
  const left = [...frames];
  while (left.length > 0) {
    const body = new FormData();
    const some = left.splice(0, 10);
    for (const frame of some) body.append("file", new Blob([frame.bytes]), frame.name);
    const answer = await fetch(`${archive.url}/frames/create/`, {
      method: "POST",
      headers: { Authorization: `Token ${token}` },
      body,
    });
    const said = (await answer.json()) as { created?: number };
    if (said.created !== some.length) throw new Error(`The archive did not take the frames: ${JSON.stringify(said)}`);
  }
}
