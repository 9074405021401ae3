/** The frame around every page: header, navigation, and the page of the present address, loaded when first needed. */
import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useReturn } from "./api/away.ts";
import { ApiError, noAnswer } from "./api/error.ts";
import { usePiece } from "./api/piece.ts";
import { askToSignIn } from "./api/resource.ts";
import { openToAll, recogniseSession, session, wasSignedIn } from "./api/session.ts";
import { LiveRegion } from "./design/announce.tsx";
import { Loading } from "./design/loading.tsx";
import { Fault } from "./design/notice.tsx";
import { Header } from "./header.tsx";
import { type PageName, pageOf, place } from "./router.ts";
import SearchPage from "./search/page.tsx";

type Page = ComponentType<{ argument: string }>;

/** `load`: null for what is here from the beginning. */
const PAGES: Record<PageName, { title: string; load: (() => Promise<{ default: Page }>) | null }> = {
  search: { title: "Search", load: null },
  night: { title: "Nights", load: () => import("./night/page.tsx") },
  frame: { title: "Frame", load: () => import("./frame/page.tsx") },
  upload: { title: "Upload", load: () => import("./upload/page.tsx") },
  account: { title: "Account", load: () => import("./account/page.tsx") },
  signIn: { title: "Sign in", load: () => import("./account/sign-in.tsx") },
};

export function App() {
  const page = pageOf(place.value.path);
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Header page={page?.name ?? null} />
      <main id="main" tabIndex={-1}>
        <Gate name={page?.name ?? null}>
          {page === null ? (
            <NoPage />
          ) : (
            <Shown key={page.name + page.argument} name={page.name} argument={page.argument} />
          )}
        </Gate>
      </main>
      <LiveRegion />
    </>
  );
}

/** Pages that mean nothing without an account. */
const PERSONAL: readonly PageName[] = ["upload", "account"];

/** Asks who is there, once, and leads people who may see nothing to the sign-in page; `name` null: no page of the app. */
function Gate({ name, children }: { name: PageName | null; children: ComponentChildren }) {
  const [fault, setFault] = useState<ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);
  const { state } = session.value;

  useEffect(() => {
    if (session.peek().state !== "unknown") return;
    recogniseSession().then(
      () => setFault(null),
      (cause) => setFault(cause instanceof ApiError ? cause : noAnswer(cause)),
    );
  }, [attempt]);
  useReturn(fault?.kind === "offline", () => setAttempt((n) => n + 1));

  const closed = state === "out" && name !== null && name !== "signIn" && (PERSONAL.includes(name) || !openToAll.value);
  useEffect(() => {
    if (closed) askToSignIn();
  }, [closed]);

  if (state === "unknown" && fault !== null) {
    return (
      <div class="page missing">
        <h1 tabIndex={-1}>{name === null ? "Platevault" : PAGES[name].title}</h1>
        <Fault fault={fault} again={() => setAttempt(attempt + 1)} what="The archive" />
      </div>
    );
  }
  // Who was signed in here the last time most likely still is: their page need not wait for the answer.
  if (closed) return null;
  if (state === "unknown" && !wasSignedIn()) {
    return (
      <div class="page">
        <Loading what="the archive" tall />
      </div>
    );
  }
  return <>{children}</>;
}

/** Loads a page's code where it is not here yet, and moves the focus to its heading as a new document would. */
function Shown({ name, argument }: { name: PageName; argument: string }) {
  const { title, load } = PAGES[name];
  const { part, fault } = usePiece(load);
  const ShownPage = load === null ? SearchPage : part?.default;
  useEffect(() => {
    document.title = `${title} · Platevault`;
  }, [title]);

  const here = ShownPage !== undefined;
  useEffect(() => {
    // Not on the first page of a visit: there the browser's own start of the document is right.
    if (here && place.peek().move > 0) return focusHeading();
  }, [here]);

  if (ShownPage !== undefined) return <ShownPage argument={argument} />;
  if (fault === null) {
    return (
      <div class="page">
        <Loading what="the page" tall />
      </div>
    );
  }
  return (
    <div class="page missing">
      <h1 tabIndex={-1}>{title}</h1>
      <Fault fault={fault} what="This page" />
    </div>
  );
}

/**
 * Moves the focus to the page's heading, now or when it comes with the page's data; answers how to give it up. A page
 * that has put the focus into a field of its own, as the sign-in page does, keeps it there.
 */
function focusHeading(): () => void {
  const main = document.getElementById("main")!;
  const held = document.activeElement;
  if (held !== main && main.contains(held)) return () => {};
  const focus = () => {
    // Not that of a page which is still on its way.
    const heading = main.querySelector<HTMLElement>("h1[tabindex]");
    heading?.focus({ preventScroll: true });
    return heading !== null;
  };
  if (focus()) return () => {};
  const watch = new MutationObserver(() => {
    // Who has gone elsewhere meanwhile is not called back.
    if (document.activeElement !== document.body || focus()) watch.disconnect();
  });
  watch.observe(main, { childList: true, subtree: true });
  return () => watch.disconnect();
}

function NoPage() {
  useEffect(() => {
    document.title = "No such page · Platevault";
  }, []);
  return (
    <div class="page empty">
      <h1 tabIndex={-1}>There is no page at this address</h1>
      <p class="muted">The address may be mistyped, or the page has moved.</p>
      <a class="button" href="./">
        {session.value.state === "out" ? "To the start" : "To the search page"}
      </a>
    </div>
  );
}
