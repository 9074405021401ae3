import { useRef } from "preact/hooks";
import type { Frame } from "../api/frame.ts";
import { Copy } from "../design/copy.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Icon } from "../design/icon.tsx";
import { citationOf } from "./citation.ts";

/** The frame's citation as a sentence and for BibTeX. */
export function Cite({ frame }: { frame: Frame }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { text, bibtex } = citationOf(frame, document.baseURI, new Date().toISOString().slice(0, 10));
  return (
    <>
      <button type="button" class="button" onClick={() => dialog.current?.showModal()}>
        <Icon name="quote" /> Cite
      </button>
      <Dialog dialog={dialog} title="Cite this frame">
        <p class="citation">{text}</p>
        <div class="buttons">
          <Copy text={text} what="citation" words="Copy text" />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable to be scrolled */}
        <section class="bibtex" tabIndex={0} aria-label="BibTeX">
          <pre>{bibtex}</pre>
        </section>
        <div class="buttons">
          <Copy text={bibtex} what="BibTeX entry" words="Copy BibTeX" />
        </div>
      </Dialog>
    </>
  );
}
