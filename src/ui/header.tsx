import { forgetSeen } from "./api/resource.ts";
import { isStaff, session, signOut, wasSignedIn } from "./api/session.ts";
import { count } from "./design/format.ts";
import { Icon } from "./design/icon.tsx";
import { Menu } from "./design/menu.tsx";
import { choose, THEME_NAMES, THEMES, theme } from "./design/theme.ts";
import { go, type PageName, signInAddress } from "./router.ts";
import { keepSearch, lastSearch } from "./search/last-search.ts";
import { dropAll } from "./search/selection.ts";
import { uploading } from "./upload/progress.ts";
import "./header.css";

/** The bar at the top: where one is, where one can go, how it looks, who one is. */
export function Header({ page }: { page: PageName | null }) {
  const now = session.value;
  const current = (name: PageName) => (page === name ? "page" : undefined);
  return (
    <header class="bar-top">
      <a class="brand" href="./" aria-label="Platevault, all frames">
        <Mark />
        <span>Platevault</span>
      </a>
      <nav aria-label="Main">
        <a href={page === "search" ? "./" : lastSearch.address} aria-current={current("search")}>
          <Icon name="search" />
          <span>Search</span>
        </a>
        <a href="night/" aria-current={current("night")}>
          <Icon name="night" />
          <span>Nights</span>
        </a>
      </nav>
      {/* Pages of the staff, administration among them. */}
      {isStaff() && (
        <nav aria-label="Staff" class="staff">
          <a href="upload" aria-current={current("upload")}>
            <Icon name="upload" />
            <span>Upload</span>
            {uploading.value && (
              <span class="uploading">{`${count(uploading.value.ended)} of ${count(uploading.value.files)}`}</span>
            )}
          </a>
        </nav>
      )}
      <div class="grow" />
      <a class="api" href="api/">
        API
      </a>
      <Menu label="Appearance" icon="look" compact plain>
        {(close) =>
          THEMES.map((one) => (
            <button
              type="button"
              class="item"
              key={one}
              aria-pressed={theme.value === one}
              onClick={() => {
                choose(one);
                close();
              }}
            >
              <span class="item-mark">{theme.value === one && <Icon name="check" />}</span>
              {THEME_NAMES[one]}
            </button>
          ))
        }
      </Menu>
      {now.state === "unknown" && wasSignedIn() && <span class="account-room" />}
      {now.state === "in" && (
        <Menu label={`Account of ${now.profile.username}`} icon="person" compact plain>
          {(close) => (
            <>
              <p class="who">
                Signed in as <b>{now.profile.username}</b>
              </p>
              <a class="item" href="account" onClick={close}>
                Account and token
              </a>
              <button type="button" class="item" onClick={leave}>
                Sign out
              </button>
            </>
          )}
        </Menu>
      )}
      {now.state === "out" && page !== "signIn" && (
        <a class="button tight" href={signInAddress()}>
          Sign in
        </a>
      )}
    </header>
  );
}

/** Signs out and forgets what was seen and selected. */
export async function leave(): Promise<void> {
  try {
    await signOut();
  } finally {
    forgetSeen();
    dropAll();
    keepSearch("./", []);
    go("sign-in");
  }
}

function Mark() {
  return (
    <svg width="1.625rem" height="1.625rem" viewBox="0 0 64 64" aria-hidden="true">
      <rect class="mark-ground" x="4" y="4" width="56" height="56" rx="12" />
      <g class="mark-line" fill="none" stroke-width="3.5">
        <rect x="13" y="13" width="38" height="38" rx="3" />
        <ellipse cx="32" cy="32" rx="14" ry="5.5" transform="rotate(-32 32 32)" />
      </g>
      <circle class="mark-star" cx="32" cy="32" r="4" />
    </svg>
  );
}
