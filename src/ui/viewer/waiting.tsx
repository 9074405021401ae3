import { useEffect, useState } from "preact/hooks";
import type { Frame } from "../api/frame.ts";
import { announce } from "../design/announce.tsx";
import { previewAddress } from "../frame/preview.tsx";

interface WaitingProps {
  frame: Frame;
  version: number | null;
  /** Part of the file that is here, 0 to 1; null: unknown. */
  progress: number | null;
}

/** The archive's preview in the place of the pixels, until they are here. */
export function Waiting({ frame, version, progress }: WaitingProps) {
  const [shown, setShown] = useState(false);
  useEffect(() => announce("Reading the pixels."), []);
  return (
    <div class="viewer">
      <div class="viewer-bars" />
      <div class="viewer-desk">
        <div class="viewer-stage viewer-waiting plate">
          <img
            class={shown ? "viewer-preview shown" : "viewer-preview"}
            src={previewAddress(frame.id, "page", version)}
            alt=""
            onLoad={() => setShown(true)}
          />
          <p class="viewer-progress">
            {shown && "Preview. "}Reading the pixels … {progress !== null && `${Math.round(progress * 100)} %`}
          </p>
        </div>
      </div>
    </div>
  );
}
