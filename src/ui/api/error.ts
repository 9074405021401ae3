/** What went wrong between the app and the archive, sorted by what a person can do about it. */
export type FaultKind =
  | "offline" // no answer at all: the network or the archive is away
  | "signed-out" // 401
  | "forbidden" // 403
  | "missing" // 404
  | "refused" // any other 4xx: the request itself has to change
  | "server" // 5xx: not this person's fault
  | "incomplete"; // a piece of the page itself did not come

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly kind: FaultKind;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** Complaints by query parameter or field, where the archive names any. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(kind: FaultKind, status: number, message: string, fields: Record<string, string> = {}, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
    this.status = status;
    this.fields = fields;
  }
}

function kindOf(status: number): FaultKind {
  if (status === 401) return "signed-out";
  if (status === 403) return "forbidden";
  if (status === 404) return "missing";
  return status >= 500 ? "server" : "refused";
}

/** Reads the words out of the archive's error shapes: `{detail}`, Django's `{field: [message…]}`, or both. */
function wordsOf(body: unknown): { message: string; fields: Record<string, string> } | null {
  if (typeof body !== "object" || body === null) return null;
  let message: string | null = null;
  const fields: Record<string, string> = {};
  for (const [field, value] of Object.entries(body)) {
    const words: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof words !== "string") continue;
    if (field === "detail" || field === "non_field_errors") message = words;
    else fields[field] = words;
  }
  const named = Object.entries(fields).map(([field, words]) => `${field}: ${words}`);
  if (message === null && named.length === 0) return null;
  return { message: message ?? named.join(" "), fields };
}

/** The error an answer stands for. `text`: its body. */
export function errorOf(status: number, text: string): ApiError {
  let words: ReturnType<typeof wordsOf> = null;
  try {
    words = wordsOf(JSON.parse(text));
  } catch {
    // Not JSON: an error page of something between here and the archive.
  }
  const plain = status === 401 ? "Your session has ended. Sign in again." : `It answered with status ${status}.`;
  return new ApiError(kindOf(status), status, words?.message ?? plain, words?.fields);
}

/** The error of a request that got no answer. */
export function noAnswer(cause: unknown): ApiError {
  return new ApiError("offline", 0, "The archive cannot be reached.", {}, cause);
}
