import { useState } from "preact/hooks";
import type { Frame } from "../api/frame.ts";

interface PreviewProps {
  frame: Frame;
  /** Width asked for, pixels. */
  width: number;
  version?: number | null;
  lazy?: boolean;
  /** Empty (decoration) where words beside it name the frame. */
  alt?: string;
}

/** Address of a frame's preview at a width. */
export function previewAddress(id: number, width: number, version: number | null = null): string {
  const query = new URLSearchParams({ width: String(width) });
  if (version !== null) query.set("version", String(version));
  return `/frames/${id}/preview/?${query}`;
}

/**
 * A preview in a box that has its shape before the image is here, so that nothing moves when it comes.
 */
export function Preview({ frame, width, version = null, lazy = true, alt = "" }: PreviewProps) {
  const [state, setState] = useState<"loading" | "shown" | "failed">("loading");
  return (
    <div class={`plate preview ${state}`}>
      {state === "failed" ? (
        <span class="none">no preview</span>
      ) : (
        <img
          src={previewAddress(frame.id, width, version)}
          alt={alt}
          loading={lazy ? "lazy" : "eager"}
          decoding="async"
          onLoad={() => setState("shown")}
          onError={() => setState("failed")}
        />
      )}
    </div>
  );
}
