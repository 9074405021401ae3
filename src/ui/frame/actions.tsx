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

type Part = "download" | "headers" | "catalog";

/** Address of a part of a frame for this browser, whose session stands for the signature. */
function addressOf(id: number, part: Part, version: number | null, more: Record<string, string> = {}): string {
  const query = new URLSearchParams(more);
  if (version !== null) query.set("version", String(version));
  return `frames/${id}/${part}/${query.size === 0 ? "" : `?${query}`}`;
}

export function Actions({ frame, version }: { frame: Frame; version: number | null }) {
  const address = (part: Part, more?: Record<string, string>) => addressOf(frame.id, part, version, more);
  // Two versions' files beside each other in one folder.
  const stem = version === null ? frame.basename : `${frame.basename}-v${version}`;
  const picked = selected.value.has(frame.id);
  const packed = frame.filename.endsWith(".fz");
  return (
    <div class="buttons">
      <a class="button primary" href={address("download")} download>
        <Icon name="download" /> Download <span class="size">{bytes(frame.size)}</span>
      </a>
      <Menu label="More downloads" icon="more" compact>
        {(close) => (
          <>
            <a class="item" href={address("download", { format: "stored" })} download onClick={close}>
              <Icon name="file" /> {packed ? "Packed, as it is kept (.fits.fz)" : "As it is kept"}
            </a>
            {packed && (
              <a class="item" href={address("download", { format: "fits" })} download onClick={close}>
                <Icon name="file" /> Unpacked (.fits)
              </a>
            )}
            <a
              class="item"
              href={previewAddress(frame.id, "page", version)}
              download={`${stem}-preview.png`}
              onClick={close}
            >
              <Icon name="gallery" /> Preview image
            </a>
            <a
              class="item"
              href={address("headers", { all: "true" })}
              download={`${stem}-headers.json`}
              onClick={close}
            >
              <Icon name="table" /> Headers as JSON
            </a>
            <a class="item" href={address("catalog")} download={`${stem}-catalogue.csv`} onClick={close}>
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
