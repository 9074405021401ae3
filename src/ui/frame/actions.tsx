/** What can be done with one frame: take it home, hand it on, put it with others, or (staff) remove it. */
import type { Frame } from "../api/frame.ts";
import { isStaff, session } from "../api/session.ts";
import { bytes } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { Menu } from "../design/menu.tsx";
import { pick, selected } from "../search/selection.ts";
import { Cite } from "./cite.tsx";
import { Delete } from "./delete.tsx";
import { previewAddress } from "./preview.tsx";
import { SendTo } from "./send-to.tsx";
import { Share } from "./share.tsx";

/** Address of a frame's file for this browser, whose session stands for the signature. */
function fileAddress(id: number, version: number | null, more: Record<string, string> = {}): string {
  const query = new URLSearchParams(more);
  if (version !== null) query.set("version", String(version));
  const text = query.toString();
  return `frames/${id}/download/${text === "" ? "" : `?${text}`}`;
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
            <a class="item" href={fileAddress(frame.id, version, { format: "stored" })} download onClick={close}>
              <Icon name="file" /> {packed ? "Packed, as it is kept (.fits.fz)" : "As it is kept"}
            </a>
            {packed && (
              <a class="item" href={fileAddress(frame.id, version, { format: "fits" })} download onClick={close}>
                <Icon name="file" /> Unpacked (.fits)
              </a>
            )}
            <a class="item" href={previewAddress(frame.id, "page", version)} download={`${frame.basename}-preview`}>
              <Icon name="gallery" /> Preview image
            </a>
            <a class="item" href={`frames/${frame.id}/headers/?all=true`} download={`${frame.basename}-headers.json`}>
              <Icon name="table" /> Headers as JSON
            </a>
            <a class="item" href={`frames/${frame.id}/catalog/`} download={`${frame.basename}-catalogue.csv`}>
              <Icon name="table" /> Catalogue as CSV
            </a>
          </>
        )}
      </Menu>
      {session.value.state === "in" && <Share frame={frame} version={version} />}
      <Cite frame={frame} />
      <SendTo frame={frame} />
      <button type="button" class="button" aria-pressed={picked} onClick={() => pick([frame], !picked)}>
        <Icon name={picked ? "check" : "plus"} /> {picked ? "Selected" : "Select"}
      </button>
      {isStaff() && <Delete frame={frame} />}
    </div>
  );
}
