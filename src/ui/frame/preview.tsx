import { useEffect, useRef, useState } from "preact/hooks";
import type { Frame } from "../api/frame.ts";
import { whenSeen } from "../design/sight.ts";

/** The previews that the archive keeps ready: one for lists, 200 pixels wide, and one for a frame's page. */
export type PreviewSize = "list" | "page";

interface PreviewProps {
  frame: Pick<Frame, "id">;
  size: PreviewSize;
  version?: number | null;
  /** Cuts, stretch, colours: the preview route's parameters. */
  wishes?: Record<string, string>;
  /** Only when it is to be seen. */
  lazy?: boolean;
  /** Empty (decoration) where words beside it name the frame. */
  alt?: string;
  /** It is there to be seen; or, without an image, it could not be made or fetched. */
  onSettled?: (image: HTMLImageElement | null) => void;
}

/** Address of a frame's preview. */
export function previewAddress(
  id: number,
  size: PreviewSize,
  version: number | null = null,
  wishes: Record<string, string> = {},
): string {
  const query = new URLSearchParams(wishes);
  if (size === "page") query.set("width", "1024");
  if (version !== null) query.set("version", String(version));
  return `frames/${id}/preview/${query.size === 0 ? "" : `?${query}`}`;
}

/**
 * A preview in a box that has its shape before the image is here, so that nothing moves when it comes.
 */
export function Preview({ frame, size, version = null, wishes, lazy = true, alt = "", onSettled }: PreviewProps) {
  const [state, setState] = useState<"loading" | "shown" | "failed">("loading");
  const [wanted, setWanted] = useState(!lazy);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => (wanted ? undefined : whenSeen(box.current!, () => setWanted(true))), [wanted]);
  return (
    <div ref={box} class={`plate preview ${state}`}>
      {state === "failed" ? (
        <span class="none">no preview</span>
      ) : (
        <img
          src={wanted ? previewAddress(frame.id, size, version, wishes) : undefined}
          alt={alt}
          decoding="async"
          onLoad={(event) => {
            setState("shown");
            onSettled?.(event.currentTarget);
          }}
          onError={() => {
            setState("failed");
            onSettled?.(null);
          }}
        />
      )}
    </div>
  );
}
