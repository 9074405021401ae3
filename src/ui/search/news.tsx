import { useEffect, useState } from "preact/hooks";
import { listFrames } from "../api/frame.ts";
import { announce } from "../design/announce.tsx";
import { counted } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";

const EVERY_MS = 60_000;

interface NewsProps {
  filters: URLSearchParams;
  /** How many frames the list on show was found among. */
  total: number;
  /** Shows them: loads the list again. */
  onShow: () => void;
}

/**
 * Looks once a minute whether frames have come that fit the search, for who watches a night as it goes on. They are
 * offered and not put in: nothing moves under the eyes of who reads.
 */
export function News({ filters, total, onShow }: NewsProps) {
  const [fresh, setFresh] = useState(0);
  const query = `${filters}`;

  useEffect(() => {
    setFresh(0);
    const controller = new AbortController();
    const look = async () => {
      if (document.visibilityState === "hidden") return;
      // An answer that fails says nothing new; the next look may.
      const found = await listFrames(`${query}&limit=0`, controller.signal).catch(() => null);
      if (found !== null && !controller.signal.aborted) setFresh(Math.max(0, found.count - total));
    };
    const timer = setInterval(look, EVERY_MS);
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, [query, total]);
  useEffect(() => {
    if (fresh > 0) announce(`${counted(fresh, "new frame")}.`);
  }, [fresh]);

  if (fresh === 0) return null;
  return (
    <button type="button" class="button tight" onClick={onShow}>
      <Icon name="retry" size={14} /> {`Show ${counted(fresh, "new frame")}`}
    </button>
  );
}
