/**
 * The programs of this desktop that speak SAMP (IVOA SAMP 1.3): a hub, which TOPCAT and Aladin bring with them, answers
 * web pages on http://localhost:21012/ (§5, "Web Profile") and asks its user before it lets one in. DS9 (8.4.1) joins
 * such a hub; its own has no Web Profile.
 */
import { type Connection, type Message, samp } from "sampjs";

/** Message types for a file that the receiver fetches itself: http://www.ivoa.net/samp/MTypes. */
export type LoadMessage = "image.load.fits" | "table.load.fits";

export interface Receiver {
  id: string;
  name: string;
}

export type SampFault = "no-hub" | "refused" | "lost" | "silent";

export class SampError extends Error {
  override readonly name = "SampError";
  readonly fault: SampFault;

  constructor(fault: SampFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

/** A program fetches the file before it answers; Aladin 12 never does for a file of several HDUs, which it loads well. */
const ANSWER_SECONDS = "60";

/** One registration for the life of this page: each asks the hub's user. */
let connection: Promise<Connection> | null = null;

function lost(cause: unknown): SampError {
  connection = null;
  return new SampError("lost", "The SAMP hub went away. Start TOPCAT or Aladin and try again.", cause);
}

/** Whether the hub has answered, and that it cannot (XML-RPC fault), instead of being gone. */
function isFault(cause: unknown): cause is { faultString: string } {
  return typeof cause === "object" && cause !== null && "faultString" in cause;
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
      "No SAMP hub answers on this computer. Start TOPCAT or Aladin, and DS9 after them (its own hub takes no pages), " +
      "allow this page to reach programs on this device if the browser asks, and try again.";
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
  window.addEventListener("pagehide", () => takeLeave(made), { once: true });
  return made;
}

/** Else the hub would show a page that is gone. sampjs's own way is a request that browsers end with the page. */
function takeLeave({ regInfo }: Connection): void {
  const key = `<value><string>${regInfo["samp.private-key"]}</string></value>`;
  const body = `<?xml version="1.0"?><methodCall><methodName>samp.webhub.unregister</methodName><params><param>${key}</param></params></methodCall>`;
  void fetch("http://localhost:21012/", { method: "POST", mode: "no-cors", keepalive: true, body }).catch(() => {});
}

/** The programs that take each message, by name. Rejects with a SampError. */
export async function receivers(): Promise<Record<LoadMessage, Receiver[]>> {
  const kept = connection !== null;
  try {
    return await listed();
  } catch (cause) {
    // The hub of the registration may have ended and another one be there.
    if (kept) return listed();
    throw cause;
  }
}

async function listed(): Promise<Record<LoadMessage, Receiver[]>> {
  const hub = await connect();
  const of = (mtype: LoadMessage) => receiversOf(hub, mtype);
  const [images, tables] = await Promise.all([of("image.load.fits"), of("table.load.fits")]);
  return { "image.load.fits": images, "table.load.fits": tables };
}

async function receiversOf(hub: Connection, mtype: LoadMessage): Promise<Receiver[]> {
  const clients = await new Promise<Record<string, unknown>>((done, failed) =>
    hub.getSubscribedClients([mtype], done, (cause) => failed(lost(cause))),
  );
  const named = Object.keys(clients).map(async (id) => {
    const about = await new Promise<Record<string, string>>((done, failed) =>
      hub.getMetadata([id], done, (cause) => failed(lost(cause))),
    );
    return { id, name: about["samp.name"] ?? id };
  });
  const found = await Promise.all(named);
  return found.filter(({ name }) => takes(name, mtype)).sort((a, b) => a.name.localeCompare(b.name));
}

/** DS9 announces tables and shows the file's image for them (its samp.tcl, SAMPRcvdTableLoadFits, up to 8.4.1). */
function takes(name: string, mtype: LoadMessage): boolean {
  return mtype === "image.load.fits" || !/ds9/i.test(name);
}

/** Has a program load the file at `url`, and waits until it has. Rejects with a SampError. */
export async function sendFile(receiver: Receiver, mtype: LoadMessage, url: string, name: string): Promise<void> {
  const id = { [mtype === "image.load.fits" ? "image-id" : "table-id"]: url };
  let refusal = await call(receiver, new samp.Message(mtype, { url, name, ...id }));
  // TOPCAT takes an id once. Without one it loads the table again, and other programs' marked rows are those of the first.
  if (/^duplicate/i.test(refusal ?? "")) refusal = await call(receiver, new samp.Message(mtype, { url, name }));
  if (refusal === null) return;
  throw new SampError("refused", `${receiver.name} could not load it${refusal === "" ? "." : `: ${refusal}`}`);
}

/** Null when the program has done what the message says, else why not, in its own words. Rejects with a SampError. */
async function call({ id, name }: Receiver, message: Message): Promise<string | null> {
  const hub = await connect();
  const answer = await new Promise<{ "samp.status": string; "samp.error"?: Record<string, string> }>((done, failed) =>
    hub.callAndWait([id, message, ANSWER_SECONDS], done, (cause) =>
      failed(isFault(cause) ? silent(name, cause) : lost(cause)),
    ),
  );
  return answer["samp.status"] === "samp.ok" ? null : (answer["samp.error"]?.["samp.errortxt"] ?? "");
}

/** The hub faults when the time is over, and when the program has left in the meantime. */
function silent(name: string, { faultString }: { faultString: string }): SampError {
  const words = /timeout/i.test(faultString)
    ? `${name} was told to load it and has said nothing for a minute: see there whether it has it.`
    : `${name} could not be reached: it may have been closed.`;
  return new SampError("silent", words, faultString);
}
