import { isStaff } from "../api/session.ts";
import { Icon } from "../design/icon.tsx";

/** How the first frames come into an archive that has none yet. */
export function FirstSteps() {
  if (!isStaff()) {
    return (
      <p class="muted">
        Frames appear as soon as someone who runs this archive has uploaded them and you may see them.
      </p>
    );
  }
  return (
    <>
      <p class="muted">
        Upload FITS files here, point pyobs at this archive, or load a folder with
        <code> npm run archive -- ingest PATH</code>. To look around first, <code>npm run demo</code> brings two nights
        of two telescopes.
      </p>
      <a class="button primary" href="upload">
        <Icon name="upload" /> Upload frames
      </a>
    </>
  );
}
