import { useEffect, useState } from "preact/hooks";
import type { Frame } from "../api/frame.ts";
import { announce } from "../design/announce.tsx";
import { Icon } from "../design/icon.tsx";
import { Lazily } from "../design/lazily.tsx";
import { Menu } from "../design/menu.tsx";
import type { LoadMessage, Receiver } from "./samp.ts";

const loadSamp = () => import("./samp.ts");

/** Hands the frame to programs that run beside the browser. The SAMP client is loaded when the menu is first opened. */
export function SendTo({ frame }: { frame: Frame }) {
  return (
    <Menu label="Send to" icon="send">
      {() => (
        <div class="send-to">
          <Lazily load={loadSamp} what="The way to other programs">
            {() => <Programs frame={frame} />}
          </Lazily>
        </div>
      )}
    </Menu>
  );
}

/** Words that are seen and heard; a new attempt begins without any. */
function useWords(): [said: string | null, tell: (words: string | null) => void] {
  const [said, setSaid] = useState<string | null>(null);
  const tell = (words: string | null) => {
    setSaid(words);
    if (words !== null) announce(words);
  };
  return [said, tell];
}

function Programs({ frame }: { frame: Frame }) {
  const [found, setFound] = useState<Record<LoadMessage, Receiver[]> | null>(null);
  const [fault, tell] = useWords();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let left = false;
    tell(null);
    loadSamp()
      .then(({ receivers }) => receivers())
      .then(
        (lists) => left || setFound(lists),
        (cause: Error) => left || tell(cause.message),
      );
    return () => {
      left = true;
    };
  }, [attempt]);

  if (fault !== null) {
    return (
      <>
        <p class="small said">{fault}</p>
        <button type="button" class="button tight" onClick={() => setAttempt(attempt + 1)}>
          <Icon name="retry" size={14} /> Try again
        </button>
      </>
    );
  }
  if (found === null) {
    return (
      <p class="muted small">Looking for DS9, TOPCAT, Aladin … Their SAMP hub asks you there whether this page may.</p>
    );
  }
  return (
    <>
      <Receivers frame={frame} mtype="image.load.fits" title="Image" found={found["image.load.fits"]} />
      <Receivers frame={frame} mtype="table.load.fits" title="Catalogue" found={found["table.load.fits"]} />
    </>
  );
}

interface ReceiversProps {
  frame: Frame;
  mtype: LoadMessage;
  title: "Image" | "Catalogue";
  found: readonly Receiver[];
}

function Receivers({ frame, mtype, title, found }: ReceiversProps) {
  const [said, tell] = useWords();
  const send = async (to: Receiver) => {
    tell(`${to.name} is told to load it …`);
    try {
      const { sendFile } = await loadSamp();
      // Unpacked: not every program reads tile compression, and none needs this browser's session for a signed link.
      await sendFile(to, mtype, `${frame.url}&format=fits`, frame.basename);
      tell(`${to.name} has it.`);
    } catch (cause) {
      tell((cause as Error).message);
    }
  };
  return (
    <section aria-label={title}>
      <p class="menu-title">{title}</p>
      {found.map((one) => (
        <button type="button" class="item" key={one.id} onClick={() => void send(one)}>
          <Icon name="send" /> {one.name}
        </button>
      ))}
      {found.length === 0 && (
        <p class="muted small">
          {title === "Image"
            ? "No program there takes images. DS9 joins a hub when it starts, and by its menu File, SAMP, Connect."
            : "No program there takes tables."}
        </p>
      )}
      {said !== null && <p class="small said">{said}</p>}
    </section>
  );
}
