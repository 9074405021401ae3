import { useEffect, useState } from "preact/hooks";
import type { Frame } from "../api/frame.ts";
import { announce } from "../design/announce.tsx";
import { Icon } from "../design/icon.tsx";
import { Menu } from "../design/menu.tsx";
import type { LoadMessage, Receiver } from "./samp.ts";

/** Hands the frame to programs that run beside the browser. The SAMP client is loaded when the menu is first opened. */
export function SendTo({ frame }: { frame: Frame }) {
  return (
    <Menu label="Send to" icon="send">
      {() => (
        <div class="send-to">
          <Receivers frame={frame} mtype="image.load.fits" title="Image" />
          <Receivers frame={frame} mtype="table.load.fits" title="Catalogue" />
        </div>
      )}
    </Menu>
  );
}

interface ReceiversProps {
  frame: Frame;
  mtype: LoadMessage;
  title: string;
}

function Receivers({ frame, mtype, title }: ReceiversProps) {
  const [found, setFound] = useState<readonly Receiver[] | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const isImage = mtype === "image.load.fits";
  const tell = (words: string) => {
    setSaid(words);
    announce(words);
  };

  useEffect(() => {
    let left = false;
    setSaid(null);
    import("./samp.ts")
      .then(({ receiversOf }) => receiversOf(mtype))
      .then(
        (list) => left || setFound(list),
        (cause: Error) => left || tell(cause.message),
      );
    return () => {
      left = true;
    };
  }, [mtype, attempt]);

  const send = async (to: Receiver) => {
    tell(`Sending to ${to.name} …`);
    try {
      const { sendFile } = await import("./samp.ts");
      // Unpacked: not every program reads tile compression, and none needs this browser's session for a signed link.
      await sendFile(to, mtype, `${frame.url}&format=fits`, frame.basename);
      tell(`${to.name} has it.`);
    } catch (cause) {
      tell((cause as Error).message);
    }
  };

  // Both lists fail for the same reason: one of them says it.
  if (found === null && !isImage) return null;
  return (
    <section aria-label={title}>
      {found !== null && <p class="menu-title">{title}</p>}
      {found === null && said === null && <p class="muted small">Looking for DS9, TOPCAT, Aladin …</p>}
      {found?.map((one) => (
        <button type="button" class="item" key={one.id} onClick={() => void send(one)}>
          <Icon name="send" /> {one.name}
        </button>
      ))}
      {found?.length === 0 && <p class="muted small">{`No program there takes ${isImage ? "images" : "tables"}.`}</p>}
      {said !== null && <p class="small said">{said}</p>}
      {found === null && said !== null && (
        <button type="button" class="button tight" onClick={() => setAttempt(attempt + 1)}>
          <Icon name="retry" size={14} /> Try again
        </button>
      )}
    </section>
  );
}
