/** The parts of sampjs 1.0.3 that are used here; it has no types of its own. */
declare module "sampjs" {
  type Result<T> = (result: T) => void;
  type Failure = (cause: unknown) => void;
  /** SAMP knows texts, lists and maps; IVOA SAMP 1.3 §3.4. */
  export class Message {
    constructor(mtype: string, params: Record<string, string>);
  }
  export interface Connection {
    declareMetadata(args: [Record<string, string>], done: Result<unknown>, failed: Failure): void;
    getSubscribedClients(args: [mtype: string], done: Result<Record<string, unknown>>, failed: Failure): void;
    getMetadata(args: [id: string], done: Result<Record<string, string>>, failed: Failure): void;
    callAndWait(
      args: [id: string, message: Message, timeoutSeconds: string],
      done: Result<{ "samp.status": string; "samp.error"?: Record<string, string> }>,
      failed: Failure,
    ): void;
    readonly regInfo: { "samp.private-key": string };
  }
  export const samp: {
    Message: typeof Message;
    register(name: string, done: Result<Connection>, failed: Failure): void;
    ping(done: Result<boolean>): void;
  };
}
