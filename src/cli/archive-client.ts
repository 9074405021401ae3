/** A running archive, as the command-line program talks to it. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** An answer that says no. `status` 0: there was no answer at all. */
export class ArchiveRefusal extends Error {
  override readonly name = "ArchiveRefusal";
  constructor(
    readonly status: number,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** Worth another try: no answer, too many requests, or a fault on the other side that may pass. */
function mayPass(error: unknown): boolean {
  return error instanceof ArchiveRefusal && (error.status === 0 || error.status === 429 || error.status >= 500);
}

/** What an error answer says, in one line: DRF's `detail`, or its `field: [complaints]`. */
function complaintOf(body: string): string {
  try {
    const json = JSON.parse(body) as Record<string, unknown>;
    if (typeof json.detail === "string") return json.detail;
    return Object.entries(json)
      .map(([field, complaint]) => `${field}: ${Array.isArray(complaint) ? complaint.join(" ") : String(complaint)}`)
      .join("; ");
  } catch {
    return body.slice(0, 200);
  }
}

/** The account that `npm start` made on this machine. */
export function localAccount(): { username: string; password: string } | null {
  let text: string;
  try {
    text = readFileSync(new URL("../../.dev.vars", import.meta.url), "utf8");
  } catch {
    return null;
  }
  const value = (name: string) => new RegExp(`^${name}=(["'])(.*)\\1$`, "m").exec(text)?.[2];
  const username = value("ADMIN_USERNAME");
  const password = value("ADMIN_PASSWORD");
  return username && password ? { username, password } : null;
}

/** A request: `json` becomes its body, or `body` makes one anew for each try. */
interface Init {
  method?: string;
  headers?: Record<string, string>;
  json?: unknown;
  body?: () => FormData | Uint8Array<ArrayBuffer>;
}

export class ArchiveClient {
  private constructor(
    readonly url: URL,
    private readonly token: string,
  ) {}

  /** Finds address and token from the options, the environment, or this machine's own archive. */
  static async connect(options: Record<string, unknown>): Promise<ArchiveClient> {
    const address = String(options.url ?? process.env.PLATEVAULT_URL ?? "http://127.0.0.1:8787/");
    if (!URL.canParse(address))
      throw new ArchiveRefusal(0, `"${address}" is no address; one looks like https://archive.example/`);
    const url = new URL(address.endsWith("/") ? address : `${address}/`);
    const given = options.token ?? process.env.PLATEVAULT_TOKEN;
    if (typeof given === "string" && given !== "") return new ArchiveClient(url, given);

    const account = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname) ? localAccount() : null;
    if (account === null) {
      throw new ArchiveRefusal(
        401,
        "A token is needed: give --token or set PLATEVAULT_TOKEN (your account page shows it).",
      );
    }
    const anonymous = new ArchiveClient(url, "");
    const answer = await anonymous.json<{ token: string }>("api-token-auth/", {
      method: "POST",
      json: account,
      retries: 1,
    });
    return new ArchiveClient(url, answer.token);
  }

  /**
   * One request; answers the body's text. Refusals that may pass are tried again `retries` times, each after twice the
   * wait: a minute in all, in which an archive starts anew.
   */
  async request(path: string, init: Init & { retries?: number } = {}): Promise<string> {
    for (let attempt = 0, wait = 500; ; attempt++, wait *= 2) {
      try {
        return await this.once(path, init);
      } catch (error) {
        if (attempt >= (init.retries ?? 7) || !mayPass(error)) throw error;
        await sleep(wait * (0.5 + Math.random()));
      }
    }
  }

  private async once(path: string, init: Init): Promise<string> {
    const headers: Record<string, string> = { ...init.headers };
    if (this.token !== "") headers.authorization = `Token ${this.token}`;
    if (init.json !== undefined) headers["content-type"] = "application/json";
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL(path, this.url), {
        method: init.method ?? "GET",
        headers,
        body: init.json !== undefined ? JSON.stringify(init.json) : init.body?.(),
      });
      text = await response.text(); // here, because a connection may also break in the middle of an answer
    } catch (cause) {
      const reason = (cause as { cause?: { code?: string } }).cause?.code ?? (cause as Error).message;
      throw new ArchiveRefusal(0, `No answer from ${this.url}: ${reason}. Is it running?`, { cause });
    }
    if (!response.ok) throw new ArchiveRefusal(response.status, complaintOf(text));
    return text;
  }

  async json<T>(path: string, init: Parameters<ArchiveClient["request"]>[1] = {}): Promise<T> {
    return JSON.parse(await this.request(path, init)) as T;
  }
}
