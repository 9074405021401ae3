import { useId, useRef, useState } from "preact/hooks";
import { send } from "../api/client.ts";
import { ApiError, noAnswer } from "../api/error.ts";
import type { Frame } from "../api/frame.ts";
import { isStaff } from "../api/session.ts";
import { announce } from "../design/announce.tsx";
import { Copy } from "../design/copy.tsx";
import { Dialog } from "../design/dialog.tsx";
import { time } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { Fault } from "../design/notice.tsx";

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Lives to choose from; the archive may be set to allow less, and then says how much. */
const LIVES = [
  { seconds: HOUR, label: "an hour" },
  { seconds: DAY, label: "a day" },
  { seconds: 7 * DAY, label: "a week" },
  { seconds: 30 * DAY, label: "30 days", staff: true },
  { seconds: 365 * DAY, label: "a year", staff: true },
];

interface Shared {
  url: string;
  headers: string | null;
  preview: string | null;
  version: number;
  /** ISO. */
  expires: string;
}

/** Makes a signed link, which opens this version of the frame to whoever has it, for as long as is chosen. */
export function Share({ frame, version }: { frame: Frame; version: number | null }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [seconds, setSeconds] = useState(DAY);
  const [made, setMade] = useState<Shared | null>(null);
  const [fault, setFault] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);

  const make = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFault(null);
    try {
      const query = version === null ? "" : `?version=${version}`;
      const shared = await send<Shared>("POST", `frames/${frame.id}/share/${query}`, { seconds });
      setMade(shared);
      announce(`The link is made. It works until ${time(shared.expires)} UTC.`);
    } catch (cause) {
      setMade(null);
      setFault(cause instanceof ApiError ? cause : noAnswer(cause));
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <button type="button" class="button" onClick={() => dialog.current?.showModal()}>
        <Icon name="share" /> Share
      </button>
      <Dialog dialog={dialog} title="Share this frame">
        <p class="muted">
          A link opens the file, its headers and its preview to everybody who has it, without an account.
        </p>
        <form class="share-form" onSubmit={make}>
          <div class="field">
            <label for={`${id}-life`}>The link works for</label>
            <select
              id={`${id}-life`}
              class="select"
              value={String(seconds)}
              onChange={(event) => {
                setSeconds(Number(event.currentTarget.value));
                setMade(null);
              }}
            >
              {LIVES.filter(({ staff }) => !staff || isStaff()).map((life) => (
                <option key={life.seconds} value={String(life.seconds)}>
                  {life.label}
                </option>
              ))}
            </select>
          </div>
          <button type="submit" class="button primary" aria-disabled={busy}>
            {busy ? "Making …" : "Make a link"}
          </button>
        </form>
        {fault && <Fault fault={fault} what="The link" />}
        {made && (
          <>
            <Link name="File" url={made.url} />
            {made.headers && <Link name="Headers" url={made.headers} />}
            {made.preview && <Link name="Preview" url={made.preview} />}
            <p class="muted small">
              {`Version ${made.version}, until ${time(made.expires)} UTC, and no longer than you may see the frame.`}
            </p>
          </>
        )}
      </Dialog>
    </>
  );
}

function Link({ name, url }: { name: string; url: string }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{name}</label>
      <div class="secret">
        <input id={id} class="input" readOnly value={url} onFocus={(event) => event.currentTarget.select()} />
        <Copy text={url} what={`link: ${name.toLowerCase()}`} words="Copy" />
      </div>
    </div>
  );
}
