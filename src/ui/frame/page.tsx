/** One frame: its image, its facts, and in parts below them the related frames, headers, catalogue and versions. */
import { useEffect, useRef } from "preact/hooks";
import type { ApiError } from "../api/error.ts";
import { type Frame, frame as loadFrame } from "../api/frame.ts";
import { relatives } from "../api/relatives.ts";
import { useResource } from "../api/resource.ts";
import { session } from "../api/session.ts";
import { announce } from "../design/announce.tsx";
import { Lazily } from "../design/lazily.tsx";
import { Loading } from "../design/loading.tsx";
import { Fault, Notice } from "../design/notice.tsx";
import { place, signInAddress } from "../router.ts";
import { Actions } from "./actions.tsx";
import { Beside } from "./beside.tsx";
import { Catalogue } from "./catalogue.tsx";
import { Facts } from "./facts.tsx";
import { Headers } from "./headers.tsx";
import { ImagePanel } from "./image-panel.tsx";
import { Related } from "./related.tsx";
import { Versions } from "./versions.tsx";
import "./frame.css";

const TABS = [
  { id: "overview", label: "Overview" },
  { id: "viewer", label: "Live image" },
  { id: "headers", label: "Headers" },
  { id: "catalogue", label: "Catalogue" },
  { id: "versions", label: "Versions" },
] as const;
type Tab = (typeof TABS)[number]["id"];

/** The frame page's address; `version` null: the current one. */
export function frameAddress(id: number, tab: Tab | null, version: number | null): string {
  const query = new URLSearchParams();
  if (tab !== null && tab !== "overview") query.set("tab", tab);
  if (version !== null) query.set("version", String(version));
  const text = query.toString();
  return `frame/${id}${text === "" ? "" : `?${text}`}`;
}

export default function FramePage({ argument }: { argument: string }) {
  const id = Number(argument);
  const given = place.value.query.get("version");
  const version = given !== null && /^\d+$/.test(given) ? Number(given) : null;
  const loaded = useResource(`frame ${id} ${version}`, (signal) => loadFrame(id, version, signal), { keep: true });
  const frame = loaded.data;

  useEffect(() => {
    if (frame) document.title = `${frame.basename} · Platevault`;
  }, [frame]);

  if (frame === undefined) {
    return (
      <div class="page frame-page">
        <Beside id={id} />
        {loaded.fault ? <Absent fault={loaded.fault} again={loaded.reload} /> : <Loading what="the frame" tall />}
      </div>
    );
  }
  return <Shown frame={frame} version={version} fault={loaded.fault} again={loaded.reload} />;
}

interface ShownProps {
  frame: Frame;
  version: number | null;
  fault: ApiError | undefined;
  again: () => void;
}

function Shown({ frame, version, fault, again }: ShownProps) {
  const asked = place.value.query.get("tab");
  const tab: Tab = TABS.find((one) => one.id === asked)?.id ?? "overview";
  const label = TABS.find((one) => one.id === tab)!.label;
  // The focus stays on the link: that the part below it is another one now must be heard.
  const heard = useRef(tab);
  useEffect(() => {
    if (heard.current !== tab) announce(`${label} of ${frame.basename}.`);
    heard.current = tab;
  }, [tab]);
  const facts = [frame.OBJECT ?? frame.OBSTYPE, frame.FILTER, frame.INSTRUME].filter(Boolean).join(" · ");
  return (
    <div class="page frame-page">
      <Beside id={frame.id} />
      <div class="frame-head">
        <div class="grow">
          <h1 tabIndex={-1}>{frame.basename}</h1>
          <p class="muted">{facts}</p>
        </div>
        <Actions frame={frame} version={version} />
      </div>
      {fault && <Fault fault={fault} again={again} what="This frame" />}
      {version !== null && (
        <Notice mood="info" title={`This is version ${version} of the frame`}>
          <a href={frameAddress(frame.id, tab, null)}>Show the current version</a>
        </Notice>
      )}
      {(frame.warnings?.length ?? 0) > 0 && (
        <Notice mood="warn" title="The file was taken as it is, with something to know about it">
          <ul class="warnings">
            {frame.warnings!.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Notice>
      )}
      <nav class="tabs" aria-label="Parts of this frame">
        {TABS.map((one) => (
          <a
            key={one.id}
            href={frameAddress(frame.id, one.id, version)}
            aria-current={one.id === tab ? "true" : undefined}
            {...(one.id === "viewer" && { onPointerEnter: fetchViewer, onFocus: fetchViewer })}
          >
            {one.label}
          </a>
        ))}
      </nav>
      <section class="tab-body" aria-label={label}>
        {tab === "overview" && <Overview frame={frame} version={version} />}
        {tab === "viewer" && <LiveImage frame={frame} version={version} />}
        {tab === "headers" && <Headers frame={frame} version={version} />}
        {tab === "catalogue" && <Catalogue frame={frame} version={version} />}
        {tab === "versions" && <Versions frame={frame} shown={version} />}
      </section>
    </div>
  );
}

const loadViewer = () => import("../viewer/viewer.tsx");

/** Before it is opened: whoever points at it will want it. What goes wrong is said when it is opened. */
function fetchViewer(): void {
  loadViewer().catch(() => {});
}

/** The viewer, whose code comes when it is first opened. */
function LiveImage({ frame, version }: { frame: Frame; version: number | null }) {
  return (
    <Lazily load={loadViewer} what="The viewer" meanwhile={<Loading what="the viewer" />}>
      {({ default: Viewer }) => <Viewer key={frame.id} frame={frame} version={version} />}
    </Lazily>
  );
}

function Overview({ frame, version }: { frame: Frame; version: number | null }) {
  const found = useResource(`relatives ${frame.id}`, (signal) => relatives(frame, signal));
  return (
    <>
      <div class="frame-top">
        <ImagePanel frame={frame} version={version} />
        <Facts frame={frame} product={found.data?.product} />
      </div>
      <Related frame={frame} relatives={found} />
    </>
  );
}

function Absent({ fault, again }: { fault: ApiError; again: () => void }) {
  if (fault.kind !== "missing") {
    return (
      <>
        <h1 tabIndex={-1}>Frame</h1>
        <Fault fault={fault} again={again} what="This frame" />
      </>
    );
  }
  const isOut = session.value.state === "out";
  return (
    <div class="empty">
      <h1 tabIndex={-1}>This frame is not here</h1>
      <p class="muted">
        {`It was deleted, or its address is mistyped, or it is not public and ${isOut ? "only seen by who is signed in" : "this account does not see it"}.`}
      </p>
      <div class="buttons">
        {isOut && (
          <a class="button primary" href={signInAddress()}>
            Sign in
          </a>
        )}
        <a class="button" href="./">
          Search all frames
        </a>
      </div>
    </div>
  );
}
