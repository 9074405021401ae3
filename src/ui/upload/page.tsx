/** The upload page: drop files and folders, watch them go, see in words what went wrong with which. */
import { useRef, useState } from "preact/hooks";
import { session } from "../api/session.ts";
import { bytes, count, counted } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { Notice } from "../design/notice.tsx";
import { type Drop, filesOfDrop, filesOfList } from "./drop.ts";
import { ItemRow } from "./item-row.tsx";
import {
  add,
  cancelAll,
  clearFinished,
  type Item,
  items,
  looksLikeFits,
  pause,
  paused,
  retry,
  totals,
} from "./queue.ts";
import "./upload.css";

const SHOWN_AT_ONCE = 200;

export default function UploadPage() {
  const [leftOut, setLeftOut] = useState<string[]>([]);
  const [unread, setUnread] = useState<string[]>([]);
  const who = session.value;

  const take = (dropped: Drop) => {
    setUnread(dropped.unread);
    setLeftOut(dropped.files.filter(({ file }) => !looksLikeFits(file.name)).map(({ path }) => path));
    add(dropped.files.filter(({ file }) => looksLikeFits(file.name)));
  };

  return (
    <div class="page upload">
      <div>
        <h1 tabIndex={-1}>Upload frames</h1>
        <p class="muted">
          FITS files, plain or packed (.fits, .fits.gz, .fits.fz). A frame that is here already is recognised by its
          checksum and not sent again; other bytes under the same name become a new version, and the old one stays.
          Large files go up in parts: after a break, only what is missing is sent.
        </p>
      </div>
      {who.state === "in" && !who.profile.is_staff && (
        <Notice mood="warn" title="This account may not upload">
          <p>Uploads need an account of the staff. Ask whoever runs this archive.</p>
        </Notice>
      )}
      <DropArea onFiles={take} />
      <Paths paths={leftOut} title={`${counted(leftOut.length, "file")} left out: not FITS by the name`} />
      <Paths paths={unread} title="Not all of it could be read: is it still there, and may you read it?" />
      {items.value.length > 0 && <Queue />}
    </div>
  );
}

/** What was dropped and will not be sent: the first few by name. */
function Paths({ paths, title }: { paths: readonly string[]; title: string }) {
  if (paths.length === 0) return null;
  return (
    <Notice mood="warn" title={title} alert>
      <p class="small">
        {paths.slice(0, 5).join(", ")}
        {paths.length > 5 ? ` and ${count(paths.length - 5)} more` : ""}
      </p>
    </Notice>
  );
}

function DropArea({ onFiles }: { onFiles: (dropped: Drop) => void }) {
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const chosen = (event: { currentTarget: HTMLInputElement }) => {
    onFiles({ files: filesOfList(event.currentTarget.files), unread: [] });
    event.currentTarget.value = "";
  };
  return (
    <section
      class={over ? "drop over" : "drop"}
      aria-label="Choose files"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer) void filesOfDrop(event.dataTransfer).then(onFiles);
      }}
    >
      <Icon name="upload" size={28} />
      <p>
        <b>Drop files or folders here</b>
      </p>
      <div class="buttons">
        <button type="button" class="button primary" onClick={() => files.current?.click()}>
          Choose files
        </button>
        <button type="button" class="button" onClick={() => folder.current?.click()}>
          Choose a folder
        </button>
      </div>
      <input
        ref={files}
        type="file"
        multiple
        accept=".fits,.fit,.fts,.fz,.gz"
        hidden
        aria-label="Files"
        onChange={chosen}
      />
      <input
        ref={(input) => {
          folder.current = input;
          input?.setAttribute("webkitdirectory", "");
        }}
        type="file"
        hidden
        aria-label="Folder"
        onChange={chosen}
      />
    </section>
  );
}

/** What needs the person first, then what moves, then what waits, then what is done. */
const ORDER = ["failed", "sending", "checking", "waiting", "done", "known", "cancelled"];

function Queue() {
  const sum = totals.value;
  const open = sum.waiting + sum.active;
  const part = sum.bytes === 0 ? 1 : sum.sent / sum.bytes;
  const failed = items.value.filter(({ state }) => state.value.step === "failed");
  const rank = (item: Item) => ORDER.indexOf(item.state.value.step);
  const sorted = [...items.value].sort((a, b) => rank(a) - rank(b) || a.id - b.id);
  const ended = open === 0;

  return (
    <section class="queue" aria-labelledby="queue-title">
      <div class="queue-head">
        <h2 id="queue-title">
          {ended ? "Done" : paused.value ? "Paused" : "Uploading"}
          <span class="muted small">
            {` ${count(sum.done + sum.known + sum.failed)} of ${counted(sum.files - sum.cancelled, "file")}, ${bytes(sum.sent)} of ${bytes(sum.bytes)}`}
          </span>
        </h2>
        <div class="buttons">
          {failed.length > 0 && (
            <button type="button" class="button tight" onClick={() => retry(failed)}>
              <Icon name="retry" size={14} /> Retry {count(failed.length)} failed
            </button>
          )}
          {!ended && (
            <>
              <button type="button" class="button tight" onClick={() => pause(!paused.value)}>
                <Icon name={paused.value ? "play" : "pause"} size={14} /> {paused.value ? "Go on" : "Pause"}
              </button>
              <button type="button" class="button tight" onClick={cancelAll}>
                <Icon name="close" size={14} /> Cancel all
              </button>
            </>
          )}
          {sum.done + sum.known + sum.cancelled > 0 && (
            <button type="button" class="button tight" onClick={clearFinished}>
              Clear finished
            </button>
          )}
        </div>
      </div>
      <div
        class="bar"
        role="progressbar"
        aria-label="All files"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(part * 100)}
      >
        <span style={{ transform: `scaleX(${part})` }} />
      </div>
      <p class="sums">
        <span>{count(sum.done)} stored</span>
        <span>{count(sum.known)} there before</span>
        <span class={sum.failed > 0 ? "fault" : undefined}>{count(sum.failed)} failed</span>
        {sum.waiting > 0 && <span>{count(sum.waiting)} waiting</span>}
      </p>
      <ul class="items card">
        {sorted.slice(0, SHOWN_AT_ONCE).map((item) => (
          <ItemRow key={item.id} item={item} />
        ))}
      </ul>
      {sorted.length > SHOWN_AT_ONCE && <p class="muted">and {count(sorted.length - SHOWN_AT_ONCE)} more</p>}
    </section>
  );
}
