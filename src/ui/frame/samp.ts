/**
 * The programs of this desktop that speak SAMP (IVOA SAMP 1.3): a hub, which DS9, TOPCAT and Aladin bring with them,
 * answers web pages on http://localhost:21012/ (§5, "Web Profile") and asks its user before it lets one in.
 */
import { type Connection, samp } from "sampjs";

/** Message types for a file that the receiver fetches itself: http://www.ivoa.net/samp/MTypes. */
export type LoadMessage = "image.load.fits" | "table.load.fits";

export interface Receiver {
  id: string;
  name: string;
}

export type SampFault = "no-hub" | "refused" | "lost";

export class SampError extends Error {
  override readonly name = "SampError";
  readonly fault: SampFault;

  constructor(fault: SampFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

/** A program fetches the file before it answers. */
const ANSWER_SECONDS = "60";

/** One registration for the life of this page: each asks the hub's user. */
let connection: Promise<Connection> | null = null;

function lost(cause: unknown): SampError {
  connection = null;
  return new SampError("lost", "The SAMP hub went away. Start DS9, TOPCAT or Aladin and try again.", cause);
}

function connect(): Promise<Connection> {
  connection ??= register().catch((cause) => {
    connection = null;
    throw cause;
  });
  return connection;
}

/** Rejects with a SampError. The hub's user is asked, and may take a while. */
async function register(): Promise<Connection> {
  if (!(await new Promise<boolean>((done) => samp.ping(done)))) {
    // A browser that does not let pages ask programs on its own computer (Local Network Access) tells no difference.
    const message =
      "No SAMP hub answers on this computer. Start DS9, TOPCAT or Aladin, allow this page to reach programs on this " +
      "device if the browser asks, and try again.";
    throw new SampError("no-hub", message);
  }
  const made = await new Promise<Connection>((done, failed) =>
    samp.register("Platevault", done, (cause) =>
      failed(new SampError("refused", "The SAMP hub did not let this page in.", cause)),
    ),
  );
  const metadata = {
    "samp.name": "Platevault",
    "samp.description.text": "An archive for astronomical images",
    "samp.icon.url": new URL("favicon-32.png", document.baseURI).href,
  };
  await new Promise((done, failed) => made.declareMetadata([metadata], done, (cause) => failed(lost(cause))));
  window.addEventListener("pagehide", () => made.unregister(), { once: true });
  return made;
}

/** The programs that take a message, by name. Rejects with a SampError. */
export async function receiversOf(mtype: LoadMessage): Promise<Receiver[]> {
  const hub = await connect();
  const clients = await new Promise<Record<string, unknown>>((done, failed) =>
    hub.getSubscribedClients([mtype], done, (cause) => failed(lost(cause))),
  );
  const named = Object.keys(clients).map(async (id) => {
    const about = await new Promise<Record<string, string>>((done, failed) =>
      hub.getMetadata([id], done, (cause) => failed(lost(cause))),
    );
    return { id, name: about["samp.name"] ?? id };
  });
  return (await Promise.all(named)).sort((a, b) => a.name.localeCompare(b.name));
}

/** Has a program load the file at `url`, and waits until it has. Rejects with a SampError. */
export async function sendFile(receiver: Receiver, mtype: LoadMessage, url: string, name: string): Promise<void> {
  const hub = await connect();
  const key = mtype === "image.load.fits" ? "image-id" : "table-id";
  const message = new samp.Message(mtype, { url, name, [key]: url });
  const answer = await new Promise<{ "samp.status": string; "samp.error"?: Record<string, string> }>((done, failed) =>
    hub.callAndWait([receiver.id, message, ANSWER_SECONDS], done, (cause) => failed(lost(cause))),
  );
  if (answer["samp.status"] === "samp.ok") return;
  const words = answer["samp.error"]?.["samp.errortxt"];
  throw new SampError("refused", `${receiver.name} could not load it${words ? `: ${words}` : "."}`);
}
