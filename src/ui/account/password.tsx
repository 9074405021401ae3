import { useId, useRef, useState } from "preact/hooks";
import { send } from "../api/client.ts";
import { ApiError, noAnswer } from "../api/error.ts";
import { announce } from "../design/announce.tsx";
import { Fault, Notice } from "../design/notice.tsx";

/** Changes the password. The archive decides what is good enough and says so. */
export function Password({ username, onChanged }: { username: string; onChanged: () => void }) {
  const id = useId();
  const old = useRef<HTMLInputElement>(null);
  const fresh = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<ApiError | null>(null);
  const [done, setDone] = useState(false);
  const [busy, setBusy] = useState(false);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFault(null);
    setDone(false);
    try {
      await send("POST", "profile/password/", {
        old_password: old.current!.value,
        new_password: fresh.current!.value,
      });
      setDone(true);
      onChanged();
      announce("The password is changed.");
      old.current!.value = "";
      fresh.current!.value = "";
    } catch (cause) {
      const complaint = cause instanceof ApiError ? cause : noAnswer(cause);
      setFault(complaint);
      if (complaint.fields.old_password) old.current!.select();
      else if (complaint.fields.new_password) fresh.current!.select();
    } finally {
      setBusy(false);
    }
  };
  const faultOf = (field: string) => fault?.fields[field];
  const general = fault !== null && !faultOf("old_password") && !faultOf("new_password");

  return (
    <section class="card" aria-labelledby="password-title">
      <h2 id="password-title">Password</h2>
      <p class="muted">
        Changing it signs out all other browsers and ends the token that programs were given for it. Those made below
        stay.
      </p>
      {done && <Notice mood="good" title="The password is changed" />}
      {general && <Fault fault={fault} what="The password" />}
      <form onSubmit={submit}>
        {/* For password managers, which pass over fields of the type "hidden". */}
        <input type="text" name="username" autocomplete="username" value={username} readOnly hidden />
        <div class="field">
          <label for={`${id}-old`}>Present password</label>
          <input
            id={`${id}-old`}
            ref={old}
            class="input"
            type="password"
            autocomplete="current-password"
            required
            aria-invalid={faultOf("old_password") !== undefined}
            aria-describedby={faultOf("old_password") ? `${id}-old-fault` : undefined}
          />
          {faultOf("old_password") && (
            <p class="fault" id={`${id}-old-fault`}>
              {faultOf("old_password")}
            </p>
          )}
        </div>
        <div class="field">
          <label for={`${id}-new`}>New password</label>
          <input
            id={`${id}-new`}
            ref={fresh}
            class="input"
            type="password"
            autocomplete="new-password"
            required
            aria-invalid={faultOf("new_password") !== undefined}
            aria-describedby={faultOf("new_password") ? `${id}-new-fault` : `${id}-new-hint`}
          />
          {!faultOf("new_password") && (
            <p class="hint" id={`${id}-new-hint`}>
              At least 10 characters; a sentence is easy to remember.
            </p>
          )}
          {faultOf("new_password") && (
            <p class="fault" id={`${id}-new-fault`}>
              {faultOf("new_password")}
            </p>
          )}
        </div>
        <button type="submit" class="button" aria-disabled={busy}>
          {busy ? "Changing …" : "Change the password"}
        </button>
      </form>
    </section>
  );
}
