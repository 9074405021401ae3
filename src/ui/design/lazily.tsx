import type { ComponentChildren } from "preact";
import { usePiece } from "../api/piece.ts";
import { Fault } from "./notice.tsx";

interface LazilyProps<Part> {
  /** The same function each time: what it gives is kept. */
  load: () => Promise<Part>;
  /** For the words of a failure: "The map". */
  what: string;
  /** Shown until it is here. */
  meanwhile?: ComponentChildren;
  children: (part: Part) => ComponentChildren;
}

/** A part of a page whose code comes when it is first shown. */
export function Lazily<Part>({ load, what, meanwhile, children }: LazilyProps<Part>) {
  const { part, fault } = usePiece(load);
  if (part !== undefined) return <>{children(part)}</>;
  return fault === null ? <>{meanwhile}</> : <Fault fault={fault} what={what} />;
}
