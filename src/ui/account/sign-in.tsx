import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError, noAnswer } from "../api/error.ts";
import { forgetSeen } from "../api/resource.ts";
import { session, sessionEnded, signIn } from "../api/session.ts";
import { Fault, Notice } from "../design/notice.tsx";
import { go, pathOf, place } from "../router.ts";
import "./account.css";

/** Where to go after signing in: an address of this app and nothing else. */
function nextAddress(query: URLSearchParams): string {
  const url = new URL(query.get("next") ?? "./", document.baseURI);
  const path = pathOf(url);
  return path === null ? "./" : `./${path}${url.search}`;
}

export default function SignInPage() {
  const id = useId();
  const next = nextAddress(place.value.query);
  const [fault, setFault] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const signedIn = session.value.state === "in";

  useEffect(() => {
    if (signedIn) go(next, { replace: true });
  }, [signedIn, next]);
  // Before anybody can type: a moment later the focus would be taken from the field they are in.
  useLayoutEffect(() => name.current?.focus(), []);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFault(null);
    try {
      await signIn(name.current!.value.trim(), password.current!.value);
      forgetSeen();
    } catch (cause) {
      setFault(cause instanceof ApiError ? cause : noAnswer(cause));
      password.current?.select();
    } finally {
      setBusy(false);
    }
  };

  return (
    <div class="sign-in">
      <form class="card sign-in-form" onSubmit={submit}>
        <h1 tabIndex={-1}>Sign in</h1>
        <p class="muted">
          {sessionEnded.value
            ? "Your session has ended. Sign in again, and you are back where you were."
            : next === "./"
              ? "Platevault keeps astronomical images: to find them, look at them and take them home, sign in."
              : "What you asked for needs an account. You will be taken there."}
        </p>
        {fault &&
          (fault.kind === "refused" && fault.status === 400 ? (
            <Notice mood="bad" title="Username and password do not fit" alert>
              <p>{fault.message}</p>
            </Notice>
          ) : (
            <Fault fault={fault} what="The sign-in" />
          ))}
        <div class="field">
          <label for={`${id}-name`}>Username</label>
          <input
            id={`${id}-name`}
            ref={name}
            class="input"
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
          />
        </div>
        <div class="field">
          <label for={`${id}-password`}>Password</label>
          <input
            id={`${id}-password`}
            ref={password}
            class="input"
            name="password"
            type="password"
            autocomplete="current-password"
            required
          />
        </div>
        <button type="submit" class="button primary" aria-disabled={busy}>
          {busy ? "Signing in …" : "Sign in"}
        </button>
        <p class="muted small">No account, or the password is lost? Ask whoever runs this archive.</p>
      </form>
    </div>
  );
}
