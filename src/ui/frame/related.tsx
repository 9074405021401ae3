import { type Frame, related } from "../api/frame.ts";
import { useResource } from "../api/resource.ts";
import { level, seconds, time } from "../design/format.ts";
import { Loading } from "../design/loading.tsx";
import { Fault } from "../design/notice.tsx";
import { pick } from "../search/selection.ts";
import { LineageGraph } from "./lineage-graph.tsx";
import { Preview } from "./preview.tsx";

/** The frames that this one was made from, by image type: raw frames and calibrations. */
export function Related({ frame }: { frame: Frame }) {
  const none = frame.related_frames.length === 0;
  const list = useResource(none ? null : `related ${frame.id}`, (signal) => related(frame.id, signal));
  if (none) {
    return <p class="muted">No other frame is named in this one's header, or none of them is here yet.</p>;
  }
  if (list.fault) return <Fault fault={list.fault} again={list.reload} what="The related frames" />;
  if (list.data === undefined) return <Loading what="the related frames" />;
  return (
    <div class="related-frames">
      <LineageGraph frame={frame} related={list.data} />
      <div class="buttons">
        <button type="button" class="button tight" onClick={() => pick([frame, ...list.data!], true)}>
          Select this frame with all of them
        </button>
      </div>
      <ul class="related-list" id="related-list">
        {list.data.map((other) => (
          <li key={other.id} class="card">
            <a href={`frame/${other.id}`}>
              <Preview frame={other} size="list" />
              <span class="related-words">
                <b>{other.OBSTYPE}</b>
                <span class="small mono">{other.basename}</span>
                <span class="muted small">
                  {[level(other.RLEVEL), other.FILTER, other.EXPTIME === null ? null : `${seconds(other.EXPTIME)} s`]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
                <span class="muted small">{time(other.DATE_OBS)}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
