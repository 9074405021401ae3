/** Who is signed in. */
import { signal } from "@preact/signals";
import { recall, remember } from "../design/memory.ts";
import { getJson, send } from "./client.ts";

export interface Profile {
  username: string;
  is_staff: boolean;
  profile: { proposals: string[] };
}

export type Session = { state: "unknown" } | { state: "out" } | { state: "in"; profile: Profile };

export const session = signal<Session>({ state: "unknown" });

/** Whether people without an account see public frames here, or nothing. */
export const openToAll = signal(false);

/** True for people who may upload and delete. */
export function isStaff(): boolean {
  const now = session.value;
  return now.state === "in" && now.profile.is_staff;
}

/** Whether who was signed in here no longer is, without having asked for it. */
export const sessionEnded = signal(false);

const HINT = "signed-in";

/** Whether somebody was signed in when this browser was here before. */
export function wasSignedIn(): boolean {
  return recall(HINT) !== null;
}

function settle(user: Profile | null): void {
  sessionEnded.value = user === null && (sessionEnded.peek() || wasSignedIn());
  remember(HINT, user === null ? null : "yes");
  session.value = user === null ? { state: "out" } : { state: "in", profile: user };
}

/** Asks the archive who this is. Throws an ApiError where it cannot be asked. */
export async function recogniseSession(): Promise<void> {
  const { user, anonymous } = await getJson<{ user: Profile | null; anonymous: "none" | "public" }>(
    "accounts/session/",
  );
  openToAll.value = anonymous === "public";
  settle(user);
}

/** Says that the session has ended, when the archive refused it. */
export function forgetSession(): void {
  settle(null);
}

/** Throws an ApiError whose message says what was wrong. */
export async function signIn(username: string, password: string): Promise<void> {
  settle(await send<Profile>("POST", "accounts/login/", { username, password }));
}

export async function signOut(): Promise<void> {
  await send("POST", "accounts/logout/");
  settle(null);
  sessionEnded.value = false;
}
