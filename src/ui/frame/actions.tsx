/** What can be done with one frame: take it home, hand it on, put it with others, or (staff) remove it. */
import { useRef, useState } from "preact/hooks";
import { send } from "../api/client.ts";
import { ApiError, noAnswer } from "../api/error.ts";
import type { Frame } from "../api/frame.ts";
import { forgetSeen } from "../api/resource.ts";
import { isStaff } from "../api/session.ts";
import { announce } from "../design/announce.tsx";
import { Copy } from "../design/copy.tsx";
import { bytes } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { Menu } from "../design/menu.tsx";
import { Fault } from "../design/notice.tsx";
import { go } from "../router.ts";
import { lastSearch } from "../search/page.tsx";
import { pick, selected } from "../search/selection.ts";
import { previewAddress } from "./preview.tsx";

/** Address of a frame's file for this browser, whose session stands for the signature. */
function fileAddress(id: number, version: number | null, more: Record<string, string> = {}): string {
  const query = new URLSearchParams(more);
  if (version !== null) query.set("version", String(version));
  const text = query.toString();
  return `/frames/${id}/download/${text === "" ? "" : `?${text}`}`;
}

export function Actions({ frame, version }: { frame: Frame; version: number | null }) {
  const picked = selected.value.has(frame.id);
  const packed = frame.filename.endsWith(".fz");
  return (
    <div class="buttons">
      <a class="button primary" href={fileAddress(frame.id, version)} download>
        <Icon name="download" /> Download <span class="size">{bytes(frame.size)}</span>
      </a>
      <Menu label="More downloads" icon="more" compact>
        {(close) => (
          <>
            <a class="item" href={fileAddress(frame.id, version)} download onClick={close}>
              <Icon name="file" /> {frame.filename}
            </a>
            {packed && (
              <a class="item" href={fileAddress(frame.id, version, { format: "fits" })} download onClick={close}>
                <Icon name="file" /> As it was uploaded
              </a>
            )}
            <a class="item" href={previewAddress(frame.id, "page", version)} download={`${frame.basename}-preview`}>
              <Icon name="gallery" /> Preview image
            </a>
            <a class="item" href={`/frames/${frame.id}/headers/?all=true`} download={`${frame.basename}-headers.json`}>
              <Icon name="table" /> Headers as JSON
            </a>
            <a class="item" href={`/frames/${frame.id}/catalog/`} download={`${frame.basename}-catalogue.csv`}>
              <Icon name="table" /> Catalogue as CSV
            </a>
          </>
        )}
      </Menu>
      <Copy text={frame.url} what="link to the file" words="Copy link" />
      <button type="button" class="button" aria-pressed={picked} onClick={() => pick([frame], !picked)}>
        <Icon name={picked ? "check" : "plus"} /> {picked ? "Selected" : "Select"}
      </button>
      {isStaff() && <Delete frame={frame} />}
    </div>
  );
}

function Delete({ frame }: { frame: Frame }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [fault, setFault] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);

  const remove = async () => {
    setBusy(true);
    setFault(null);
    try {
      await send("DELETE", `/frames/${frame.id}/delete/`);
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
      <dialog ref={dialog} class="dialog" aria-labelledby="delete-title">
        <h2 id="delete-title">Delete this frame?</h2>
        <p>
          <b>{frame.basename}</b> and all its versions leave the archive. This cannot be undone.
        </p>
        {fault && <Fault fault={fault} what="The frame" />}
        <div class="buttons">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Keep it
          </button>
          <button type="button" class="button danger" disabled={busy} onClick={remove}>
            {busy ? "Deleting …" : "Delete for good"}
          </button>
        </div>
      </dialog>
    </>
  );
}
