import { env } from "cloudflare:workers";

/** The bytes of one file under test/fixtures. */
export async function fixture(path: string): Promise<Uint8Array> {
  const response = await env.FIXTURES.fetch(`http://fixtures/${path}`);
  if (!response.ok) throw new Error(await response.text());
  return new Uint8Array(await response.arrayBuffer());
}

/** A JSON file under test/fixtures. */
export async function fixtureJson<T>(path: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await fixture(path))) as T;
}
