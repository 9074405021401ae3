import type { Frame } from "../api/frame.ts";
import { NO_RELATIVES, type Relatives } from "../api/relatives.ts";
import type { Resource } from "../api/resource.ts";
import { level, seconds, time } from "../design/format.ts";
import { Loading } from "../design/loading.tsx";
import { Fault } from "../design/notice.tsx";
import { pick } from "../search/selection.ts";
import { LineageGraph } from "./lineage-graph.tsx";
import { Preview } from "./preview.tsx";

interface RelatedProps {
  frame: Frame;
  relatives: Resource<Relatives>;
}

/** The frames that belong together with this one, as a graph and by image type. */
export function Related({ frame, relatives: { data, fault, reload } }: RelatedProps) {
  return (
    <section class="overview-related" aria-labelledby="related-title">
      <h2 id="related-title">
        Related frames <span class="tab-count">{data?.others.length ?? frame.related_frames.length}</span>
      </h2>
      {data !== undefined ? (
        <Relations frame={frame} {...data} />
      ) : fault ? (
        <Fault fault={fault} again={reload} what="The related frames" />
      ) : (
        <Loading what="the related frames" />
      )}
    </section>
  );
}

function Relations({ frame, product, used, others }: Relatives & { frame: Frame }) {
  if (others.length === 0) {
    return <p class="muted">{NO_RELATIVES}</p>;
  }
  return (
    <div class="related-frames">
      <LineageGraph product={product} used={used} here={frame.id} />
      <div class="buttons">
        <button type="button" class="button tight" onClick={() => pick([frame, ...others], true)}>
          Select this frame with all of them
        </button>
      </div>
      <ul class="related-list" id="related-list">
        {others.map((other) => (
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
