import { useEffect, useId, useRef, useState } from "preact/hooks";
import { getJson, send } from "../api/client.ts";
import { ApiError, noAnswer } from "../api/error.ts";
import { forgetSeen, useResource } from "../api/resource.ts";
import { announce } from "../design/announce.tsx";
import { Copy } from "../design/copy.tsx";
import { Dialog } from "../design/dialog.tsx";
import { useKeptFocus } from "../design/kept-focus.ts";
import { Loading } from "../design/loading.tsx";
import { Fault, Notice } from "../design/notice.tsx";

interface Token {
  id: number;
  /** Its first characters; the rest is not kept. */
  hint: string;
  label: string;
  created: string;
  expires: string | null;
}

/** API tokens in use, each revocable; a new one is shown this once. `passwords`: how often the password was changed. */
export function Tokens({ passwords }: { passwords: number }) {
  const list = useResource(
    `tokens ${passwords}`,
    (signal) => getJson<{ results: Token[] }>("profile/tokens/", signal),
    {
      keep: true,
    },
  );
  const [fresh, setFresh] = useState<string | null>(null);
  const [fault, setFault] = useState<ApiError | null>(null);

  const change = async (work: () => Promise<void>) => {
    setFault(null);
    try {
      await work();
    } catch (cause) {
      setFault(cause instanceof ApiError ? cause : noAnswer(cause));
    }
    forgetSeen();
    list.reload();
  };

  const part = useKeptFocus<HTMLElement>();
  return (
    <section class="card" aria-labelledby="tokens-title" ref={part}>
      <h2 id="tokens-title" tabIndex={-1} data-home>
        Tokens for programs
      </h2>
      <p class="muted">
        pyobs, scripts and the command line use a token in place of your password. It can do what you can do: treat it
        like a password, and make one for each program.
      </p>
      <NewToken
        onAsk={(label) =>
          change(async () => {
            const made = await send<{ token: string }>("POST", "profile/tokens/", { label });
            setFresh(made.token);
            announce("A new token is shown. Copy it now; it is shown this once.");
          })
        }
      />
      {fault && <Fault fault={fault} what="The token" />}
      {fresh !== null && <Fresh token={fresh} />}
      {list.data === undefined && list.busy && <Loading what="your tokens" />}
      {list.fault && <Fault fault={list.fault} again={list.reload} what="Your tokens" />}
      {list.data && list.data.results.length === 0 && <p>You have no token yet.</p>}
      {list.data && list.data.results.length > 0 && (
        <ul class="tokens">
          {list.data.results.map((token) => (
            <li key={token.id}>
              <span class="grow">
                <b>{token.label}</b> <span class="mono muted">{token.hint}…</span>
                <span class="muted small token-dates">
                  made {token.created.slice(0, 10)}
                  {token.expires && `, ends ${token.expires.slice(0, 10)}`}
                </span>
              </span>
              <Revoke
                token={token}
                onRevoke={() =>
                  change(async () => {
                    await send("DELETE", `profile/tokens/${token.id}/`);
                    if (fresh?.startsWith(token.hint)) setFresh(null);
                    announce(`Token ${token.label} is revoked.`);
                  })
                }
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Asks first: what uses the token stops working at once, and nobody can bring it back. */
function Revoke({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" class="button tight danger" onClick={() => dialog.current?.showModal()}>
        Revoke …<span class="unseen"> {token.label}</span>
      </button>
      <Dialog dialog={dialog} title="Revoke this token?">
        <p>
          Programs that use <b>{token.label}</b> no longer get in, from now on. This cannot be undone.
        </p>
        <div class="buttons">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Keep it
          </button>
          <button
            type="button"
            class="button danger"
            onClick={() => {
              dialog.current?.close();
              onRevoke();
            }}
          >
            Revoke it
          </button>
        </div>
      </Dialog>
    </>
  );
}

function Fresh({ token }: { token: string }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  // Selected, so that Ctrl-C is all that is left to do.
  useEffect(() => field.current?.focus(), [token]);
  return (
    <Notice mood="good" title="Copy the new token now: it is shown this once">
      <div class="secret">
        <label class="unseen" for={id}>
          New token
        </label>
        <input
          id={id}
          ref={field}
          class="input"
          readOnly
          value={token}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Copy text={token} what="token" words="Copy" />
      </div>
      <div class="steps">
        <pre>{`curl -H "Authorization: Token ${token.slice(0, 6)}…" '${document.baseURI}frames/?limit=5'`}</pre>
      </div>
    </Notice>
  );
}

function NewToken({ onAsk }: { onAsk: (label: string) => void }) {
  const id = useId();
  const label = useRef<HTMLInputElement>(null);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(label.current!.value.trim());
        label.current!.value = "";
      }}
    >
      <div class="field">
        <label for={id}>What the new token is for</label>
        <input id={id} ref={label} class="input" required maxLength={100} placeholder="pyobs at the 0.5 m" />
      </div>
      <button type="submit" class="button">
        Make a token
      </button>
    </form>
  );
}
