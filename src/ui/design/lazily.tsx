import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { noAnswer } from "../api/error.ts";
import { Fault } from "./notice.tsx";

interface LazilyProps<Part> {
  /** The same function each time: what it gives is kept. */
  load: () => Promise<Part>;
  /** For the words of a failure: "The map". */
  what: string;
  children: (part: Part) => ComponentChildren;
}

/** A part of a page whose code comes when it is first shown. */
export function Lazily<Part>({ load, what, children }: LazilyProps<Part>) {
  const [part, setPart] = useState<{ loaded: Part } | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    load().then((loaded) => setPart({ loaded }), setFailed);
  }, [load, attempt]);
  if (part !== null) return <>{children(part.loaded)}</>;
  if (failed === null) return null;
  const again = () => {
    setFailed(null);
    setAttempt(attempt + 1);
  };
  return <Fault fault={noAnswer(failed)} again={again} what={what} />;
}
