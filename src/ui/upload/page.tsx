/** The upload page: drop files and folders, watch them go, see in words what went wrong with which. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { session } from "../api/session.ts";
import { bytes, count, counted } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { useKeptFocus } from "../design/kept-focus.ts";
import { Notice } from "../design/notice.tsx";
import { type Drop, filesOfDrop, filesOfList } from "./drop.ts";
import { ItemRow } from "./item-row.tsx";
import { keepUnsent, unsentBefore } from "./progress.ts";
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
  unreachable,
} from "./queue.ts";
import "./upload.css";

const SHOWN_AT_ONCE = 200;

export default function UploadPage() {
  const [leftOut, setLeftOut] = useState<string[]>([]);
  const [unread, setUnread] = useState<string[]>([]);
  const [unsent, setUnsent] = useState(() => (items.peek().length === 0 ? unsentBefore() : null));
  const page = useKeptFocus<HTMLDivElement>();
  const who = session.value;
  const allowed = who.state !== "in" || who.profile.is_staff;

  const take = (dropped: Drop) => {
    setUnsent(null);
    setUnread(dropped.unread);
    setLeftOut(dropped.files.filter(({ file }) => !looksLikeFits(file.name)).map(({ path }) => path));
    add(dropped.files.filter(({ file }) => looksLikeFits(file.name)));
  };

  return (
    <div class="page upload" ref={page}>
      <div>
        <h1 tabIndex={-1} data-home>
          Upload frames
        </h1>
        <p class="muted">
          FITS files, plain or packed (.fits, .fits.gz, .fits.fz). A frame that is here already is recognised by its
          checksum and not sent again; other bytes under the same name become a new version, and the old one stays.
          Large files go up in parts: after a break, only what is missing is sent.
        </p>
      </div>
      {unsent !== null && (
        <Notice mood="warn" title={`The last visit ended before ${counted(unsent.files, "file")} had arrived`}>
          <p>
            {some(unsent.paths, unsent.files)}. Choose the same files or folder again: what is here is recognised and
            not sent twice.
          </p>
          <button
            type="button"
            class="button tight"
            onClick={() => {
              keepUnsent([]);
              setUnsent(null);
            }}
          >
            Do not remind me
          </button>
        </Notice>
      )}
      {allowed ? (
        <DropArea onFiles={take} />
      ) : (
        <Notice mood="warn" title="This account may not upload">
          <p>Uploads need an account of the staff. Ask whoever runs this archive.</p>
        </Notice>
      )}
      <Paths paths={leftOut} title={`${counted(leftOut.length, "file")} left out: not FITS by the name`} />
      <Paths paths={unread} title="Not all of it could be read: is it still there, and may you read it?" />
      {items.value.length > 0 && <Queue />}
    </div>
  );
}

/** The first few of many files. */
function some(paths: readonly string[], files: number): string {
  return paths.join(", ") + (files > paths.length ? ` and ${count(files - paths.length)} more` : "");
}

/** What was dropped and will not be sent: the first few by name. */
function Paths({ paths, title }: { paths: readonly string[]; title: string }) {
  if (paths.length === 0) return null;
  return (
    <Notice mood="warn" title={title} alert>
      <p class="small">{some(paths.slice(0, 5), paths.length)}</p>
    </Notice>
  );
}

function DropArea({ onFiles }: { onFiles: (dropped: Drop) => void }) {
  const [over, setOver] = useState(false);
  /** Drops whose folders are still being opened: thousands of files take seconds. */
  const [reading, setReading] = useState(0);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const chosen = (event: { currentTarget: HTMLInputElement }) => {
    onFiles({ files: filesOfList(event.currentTarget.files), unread: [] });
    event.currentTarget.value = "";
  };
  const take = useRef(onFiles);
  take.current = onFiles;
  // On the whole page, as soon as the area is seen: the browser would open a file that is dropped beside it or earlier,
  // and the queue be gone.
  useLayoutEffect(() => {
    const drag = (event: DragEvent) => {
      event.preventDefault();
      setOver(true);
    };
    const leave = ({ relatedTarget }: DragEvent) => {
      if (relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer === null) return;
      setReading((drops) => drops + 1);
      void filesOfDrop(event.dataTransfer).then((dropped) => {
        setReading((drops) => drops - 1);
        take.current(dropped);
      });
    };
    document.addEventListener("dragover", drag);
    document.addEventListener("dragleave", leave);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragover", drag);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("drop", drop);
    };
  }, []);
  return (
    <section class={over ? "drop over" : "drop"} aria-label="Choose files">
      <Icon name="upload" size={28} />
      <p role="status">
        <b>{reading > 0 ? "Reading what was dropped …" : "Drop files or folders here"}</b>
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
const ORDER = ["failed", "sending", "checking", "waiting", "done", "known"];

function rank({ state }: Item): number {
  const now = state.value;
  // What was cancelled stays where it was, for those who think again.
  return ORDER.indexOf(now.step === "cancelled" ? now.from : now.step);
}

function Queue() {
  const sum = totals.value;
  const open = sum.waiting + sum.active;
  const share = sum.bytes === 0 ? 1 : sum.sent / sum.bytes;
  const failed = items.value.filter(({ state }) => state.value.step === "failed");
  const sorted = [...items.value].sort((a, b) => rank(a) - rank(b) || a.id - b.id);
  const ended = open === 0;

  return (
    <section class="queue" aria-labelledby="queue-title">
      <div class="queue-head">
        <h2 id="queue-title" tabIndex={-1} data-home>
          {unreachable.value ? "Waiting for the archive" : ended ? "Done" : paused.value ? "Paused" : "Uploading"}
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
        aria-valuenow={Math.round(share * 100)}
      >
        <span style={{ transform: `scaleX(${share})` }} />
      </div>
      {unreachable.value && (
        <Notice mood="warn" title="The archive cannot be reached" alert>
          <p>Check the network. Uploads go on by themselves as soon as it answers; keep this page open.</p>
        </Notice>
      )}
      <p class="sums">
        <span>{count(sum.done)} stored</span>
        <span>{count(sum.known)} there before</span>
        <span class={sum.failed > 0 ? "fault" : undefined}>{count(sum.failed)} failed</span>
        {sum.cancelled > 0 && <span>{count(sum.cancelled)} cancelled</span>}
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
