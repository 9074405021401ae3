/** An archive that does not answer: the network is gone, or the archive itself. Both come back. */
import { useEffect, useRef } from "preact/hooks";
import { answer } from "./client.ts";

const ASK_AGAIN_SECONDS = 5;

/** Resolves with whether the archive, asked for nothing but a sign of life, answers. */
export function isThere(): Promise<boolean> {
  return answer("health/", {}).then(
    () => true,
    () => false,
  );
}

/** Resolves when it is worth while to ask again: after some seconds, or as soon as the network is back. */
export function aWhile(): Promise<void> {
  return new Promise((resolve) => {
    const on = () => {
      clearTimeout(timer);
      window.removeEventListener("online", on);
      resolve();
    };
    const timer = setTimeout(on, ASK_AGAIN_SECONDS * 1000);
    window.addEventListener("online", on);
  });
}

/** While `away`, asks for a sign of life, and calls `again` when there is one. */
export function useReturn(away: boolean, again: () => void): void {
  const newest = useRef(again);
  newest.current = again;
  useEffect(() => {
    if (!away) return;
    let left = false;
    const wait = async () => {
      do await aWhile();
      while (!left && !(await isThere()));
      if (!left) newest.current();
    };
    void wait();
    return () => {
      left = true;
    };
  }, [away]);
}
