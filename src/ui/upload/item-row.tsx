import { bytes } from "../design/format.ts";
import { Icon, type IconName } from "../design/icon.tsx";
import { cancel, type Item, retry, type State } from "./queue.ts";

const MARKS: Record<State["step"], IconName> = {
  waiting: "more",
  checking: "search",
  sending: "upload",
  done: "check",
  known: "check",
  failed: "warn",
  cancelled: "close",
};

function wordsOf(state: State, size: number): string {
  switch (state.step) {
    case "waiting":
      return "waiting";
    case "checking":
      return "checking whether it is here already";
    case "sending":
      return state.sent >= size ? "sent; the archive reads it" : `${bytes(state.sent)} of ${bytes(size)}`;
    case "done":
      return "stored";
    case "known":
      return "was here already; nothing changed";
    case "failed":
      return state.message;
    case "cancelled":
      return "cancelled";
  }
}

/** One file of the queue. */
export function ItemRow({ item }: { item: Item }) {
  const state = item.state.value;
  const open = state.step === "waiting" || state.step === "checking" || state.step === "sending";
  const part = state.step === "sending" && item.file.size > 0 ? Math.min(1, state.sent / item.file.size) : 0;
  return (
    <li class={`item-row ${state.step}`}>
      <Icon name={MARKS[state.step]} />
      <div class="grow">
        <div class="item-name">
          {state.step === "done" || state.step === "known" ? (
            <a href={`./?${new URLSearchParams({ basename_exact: state.basename })}`}>{item.path}</a>
          ) : (
            <span>{item.path}</span>
          )}
          <span class="muted small">{bytes(item.file.size)}</span>
        </div>
        <p class={state.step === "failed" ? "fault" : "muted small"}>{wordsOf(state, item.file.size)}</p>
        {state.step === "sending" && (
          <div
            class="bar"
            role="progressbar"
            aria-label={item.path}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(part * 100)}
          >
            <span style={{ transform: `scaleX(${part})` }} />
          </div>
        )}
      </div>
      {state.step !== "done" && state.step !== "known" && (
        // One button in turn: who cancels has the way back below their finger.
        <button
          type="button"
          class={open ? "button plain tight" : "button tight"}
          onClick={() => (open ? cancel(item) : retry([item]))}
        >
          <Icon name={open ? "close" : "retry"} size={14} /> {open ? "Cancel" : "Retry"}
          <span class="unseen"> {item.path}</span>
        </button>
      )}
    </li>
  );
}
