import type { ComponentChildren } from "preact";
import type { ApiError } from "../api/error.ts";
import { forgetSession } from "../api/session.ts";
import { signInAddress } from "../router.ts";
import { Icon, type IconName } from "./icon.tsx";

type Mood = "info" | "good" | "warn" | "bad";

const ICONS: Record<Mood, IconName> = { info: "info", good: "check", warn: "warn", bad: "warn" };

interface NoticeProps {
  mood: Mood;
  title: string;
  /** Reads it out when it appears. */
  alert?: boolean;
  children?: ComponentChildren;
}

/** A boxed message: what happened, and below it what to do next. */
export function Notice({ mood, title, alert, children }: NoticeProps) {
  return (
    <div class={`notice ${mood}`} role={alert ? "alert" : undefined}>
      <Icon name={ICONS[mood]} size={18} />
      <div class="body">
        <strong>{title}</strong>
        {children}
      </div>
    </div>
  );
}

const TITLES: Record<ApiError["kind"], string> = {
  offline: "The archive cannot be reached",
  "signed-out": "You are signed out",
  forbidden: "This account may not do that",
  missing: "Not in the archive",
  refused: "The archive did not accept this",
  server: "The archive failed on this request",
  incomplete: "A part of this page is missing",
};

/** What to make of a failure; `what` was asked for. */
export function faultWords(fault: ApiError, what: string): string {
  if (fault.kind === "offline") {
    return `${what} could not be loaded. Check the network; this page goes on by itself as soon as it is back.`;
  }
  // Django's two words, which the API keeps.
  if (fault.message === "Not found.") return "It was deleted meanwhile, or this account does not see it any more.";
  if (fault.kind === "server")
    return `${fault.message} Try again in a moment; if it stays so, tell who runs the archive.`;
  return fault.message;
}

/** A failed request: what it means and the button that helps. `again` tries once more, which a 400 does not allow. */
export function Fault({ fault, again, what }: { fault: ApiError; again?: () => void; what: string }) {
  const passing = fault.kind === "offline" || fault.kind === "incomplete";
  return (
    <Notice mood={passing ? "warn" : "bad"} title={TITLES[fault.kind]} alert>
      <p>{faultWords(fault, what)}</p>
      {fault.kind === "signed-out" && (
        // To the sign-in page a session that is not forgotten is one that has begun: it would lead straight back.
        <a class="button tight" href={signInAddress()} onClick={forgetSession}>
          Sign in again
        </a>
      )}
      {fault.kind === "incomplete" && (
        <button type="button" class="button tight" onClick={() => location.reload()}>
          <Icon name="retry" /> Reload the page
        </button>
      )}
      {again && fault.status !== 400 && (
        <button type="button" class="button tight" onClick={again}>
          <Icon name="retry" /> Try again
        </button>
      )}
    </Notice>
  );
}
