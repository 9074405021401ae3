/** Who is signed in. */
import { signal } from "@preact/signals";
import { getJson, send } from "./client.ts";
import { ApiError } from "./error.ts";

export interface Profile {
  username: string;
  is_staff: boolean;
  profile: { proposals: string[] };
}

export type Session = { state: "unknown" } | { state: "out" } | { state: "in"; profile: Profile };

export const session = signal<Session>({ state: "unknown" });

/** True for people who may upload and delete. */
export function isStaff(): boolean {
  const now = session.value;
  return now.state === "in" && now.profile.is_staff;
}

/** Asks the archive who this is. Stays "unknown" when it cannot be reached; the next request will tell. */
export async function recogniseSession(): Promise<void> {
  try {
    session.value = { state: "in", profile: await getJson<Profile>("/profile/") };
  } catch (fault) {
    if (fault instanceof ApiError && (fault.kind === "signed-out" || fault.kind === "forbidden")) {
      session.value = { state: "out" };
    }
  }
}

/** Throws an ApiError whose message says what was wrong. */
export async function signIn(username: string, password: string): Promise<void> {
  session.value = { state: "in", profile: await send<Profile>("POST", "/accounts/login/", { username, password }) };
}

export async function signOut(): Promise<void> {
  await send("POST", "/accounts/logout/");
  session.value = { state: "out" };
}
