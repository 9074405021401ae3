import type { RunningWalk } from "../api/frame-walk.ts";
import { count } from "./format.ts";
import { Fault } from "./notice.tsx";

interface WalkProgressProps {
  walk: RunningWalk;
  /** How many more can be read where the walk stopped at its most. */
  more?: { frames: number; onMore: () => void };
}

/** How far the reading of many frames is, with what can be done about it. */
export function WalkProgress({ walk, more }: WalkProgressProps) {
  const { frames, total, state, fault } = walk;
  return (
    <>
      {state === "reading" && total !== undefined && (
        <div class="walk-progress">
          <progress max={total} value={frames.length} aria-label="Frames read" />
          <button type="button" class="button tight" onClick={walk.stop}>
            Stop
          </button>
        </div>
      )}
      {state === "full" && more !== undefined && (
        <button type="button" class="button tight" onClick={more.onMore}>
          Read {count(Math.min(more.frames, total! - frames.length))} more
        </button>
      )}
      {state === "stopped" && (
        <button type="button" class="button tight" onClick={walk.again}>
          Read on
        </button>
      )}
      {fault && <Fault fault={fault} again={walk.again} what="The frames" />}
    </>
  );
}
