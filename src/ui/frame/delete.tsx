import { useRef, useState } from "preact/hooks";
import { send } from "../api/client.ts";
import { ApiError, noAnswer } from "../api/error.ts";
import type { Frame } from "../api/frame.ts";
import { forgetSeen } from "../api/resource.ts";
import { announce } from "../design/announce.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Fault } from "../design/notice.tsx";
import { go } from "../router.ts";
import { lastSearch } from "../search/last-search.ts";
import { pick } from "../search/selection.ts";

/** Removes a frame for good, after asking. */
export function Delete({ frame }: { frame: Frame }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [fault, setFault] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);

  const remove = async () => {
    if (busy) return;
    setBusy(true);
    setFault(null);
    try {
      await send("DELETE", `frames/${frame.id}/delete/`);
      pick([frame], false);
      forgetSeen();
      announce(`${frame.basename} is deleted.`);
      go(lastSearch.address, { replace: true });
    } catch (cause) {
      setFault(cause instanceof ApiError ? cause : noAnswer(cause));
      setBusy(false);
    }
  };

  return (
    <>
      <button type="button" class="button danger" onClick={() => dialog.current?.showModal()}>
        Delete …
      </button>
      <Dialog dialog={dialog} title="Delete this frame?">
        <p>
          <b>{frame.basename}</b> and all its versions leave the archive. This cannot be undone.
        </p>
        {fault && <Fault fault={fault} what="The frame" />}
        <div class="buttons">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Keep it
          </button>
          <button type="button" class="button danger" aria-disabled={busy} onClick={remove}>
            {busy ? "Deleting …" : "Delete for good"}
          </button>
        </div>
      </Dialog>
    </>
  );
}
