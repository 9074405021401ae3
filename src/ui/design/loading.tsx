import { useEffect, useState } from "preact/hooks";

/** An answer that is here sooner needs no word about it: it would only flicker. */
const SOON_MS = 400;

/** Stands where something will be, and says so when that takes a while. `what`: "the headers"; `tall`: it is the page. */
export function Loading({ what, tall }: { what: string; tall?: boolean }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SOON_MS);
    return () => clearTimeout(timer);
  }, []);
  const Words = tall ? "h1" : "p";
  return (
    <div class={tall ? "waiting tall" : "waiting"} role="status">
      {late && <Words class="muted">{`Loading ${what} …`}</Words>}
    </div>
  );
}
