import type { ComponentChildren, RefObject } from "preact";
import { useId } from "preact/hooks";
import { LiveRegion } from "./announce.tsx";
import { Icon } from "./icon.tsx";

interface DialogProps {
  dialog: RefObject<HTMLDialogElement | null>;
  title: string;
  children: ComponentChildren;
}

/** A modal question or form; `dialog.current.showModal()` opens it, Escape and the cross close it. */
export function Dialog({ dialog, title, children }: DialogProps) {
  const id = useId();
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id}>
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <button
          type="button"
          class="button plain square tight"
          aria-label="Close"
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" size={14} />
        </button>
      </div>
      {children}
      <LiveRegion dialog={dialog} />
    </dialog>
  );
}
