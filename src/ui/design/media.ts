import { useEffect, useState } from "preact/hooks";

/** Whether the window is at least this wide; follows it. `width` is a CSS length. */
export function useWide(width: string): boolean {
  const [wide, setWide] = useState(() => window.matchMedia(`(min-width: ${width})`).matches);
  useEffect(() => {
    const media = window.matchMedia(`(min-width: ${width})`);
    const follow = () => setWide(media.matches);
    follow();
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, [width]);
  return wide;
}
