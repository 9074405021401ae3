import { useComputed } from "@preact/signals";
import type { Frame } from "../api/frame.ts";
import { NO_RELATIVES, relatives } from "../api/relatives.ts";
import { useResource } from "../api/resource.ts";
import { time } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { Fault } from "../design/notice.tsx";
import { Preview } from "../frame/preview.tsx";
import { pick, selected } from "./selection.ts";

/** What unfolds below a row: the frame's preview, and the frames it was made from, ready to be picked as well. */
export function RowDetail({ frame }: { frame: Frame }) {
  const list = useResource(`relatives ${frame.id}`, (signal) => relatives(frame, signal));
  const frames = list.data?.others;
  return (
    <div class="row-detail">
      <a href={`frame/${frame.id}`} class="row-preview" aria-label={`Open ${frame.basename}`}>
        <Preview frame={frame} size="list" lazy={false} />
      </a>
      <div class="grow row-related">
        <div class="buttons">
          <a class="button tight" href={`frame/${frame.id}`}>
            Open frame
          </a>
          <a class="button tight" href={`frame/${frame.id}?tab=headers`}>
            FITS headers
          </a>
          <a class="button tight" href={frame.url} download>
            <Icon name="download" size={14} /> {frame.filename}
          </a>
        </div>
        <h2>Related frames</h2>
        {list.fault && <Fault fault={list.fault} again={list.reload} what="The related frames" />}
        {list.busy && frames === undefined && <p class="muted">Looking for them …</p>}
        {frames?.length === 0 && <p class="muted">{NO_RELATIVES}</p>}
        {frames !== undefined && frames.length > 0 && (
          <>
            <table class="related">
              <thead>
                <tr>
                  <th scope="col" class="tick">
                    <span class="unseen">Select</span>
                  </th>
                  <th scope="col">Name</th>
                  <th scope="col">Type</th>
                  <th scope="col">Filter</th>
                  <th scope="col">Time (UTC)</th>
                </tr>
              </thead>
              <tbody>
                {frames.map((other) => (
                  <RelatedRow key={other.id} frame={other} />
                ))}
              </tbody>
            </table>
            <button type="button" class="link small" onClick={() => pick([frame, ...frames], true)}>
              Select this frame with all related ones
            </button>
          </>
        )}
      </div>
    </div>
  );
}

function RelatedRow({ frame }: { frame: Frame }) {
  const picked = useComputed(() => selected.value.has(frame.id)).value;
  return (
    <tr class={picked ? "picked" : undefined}>
      <td class="tick">
        <label class="tick-box">
          <span class="unseen">{`Select ${frame.basename}`}</span>
          <input type="checkbox" checked={picked} onChange={(event) => pick([frame], event.currentTarget.checked)} />
        </label>
      </td>
      <th scope="row">
        <a href={`frame/${frame.id}`}>{frame.basename}</a>
      </th>
      <td>{frame.OBSTYPE}</td>
      <td>{frame.FILTER}</td>
      <td class="nowrap">{time(frame.DATE_OBS)}</td>
    </tr>
  );
}
