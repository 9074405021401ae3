/** The account page: who this is, tokens for programs, the password, the way out. */
import { useState } from "preact/hooks";
import { session } from "../api/session.ts";
import { Loading } from "../design/loading.tsx";
import { leave } from "../header.tsx";
import { Password } from "./password.tsx";
import { Tokens } from "./tokens.tsx";
import "./account.css";

export default function AccountPage() {
  const who = session.value;
  const [passwords, setPasswords] = useState(0);
  if (who.state !== "in") {
    return (
      <div class="page account">
        <Loading what="the account" tall />
      </div>
    );
  }
  const { username, is_staff, profile } = who.profile;
  return (
    <div class="page account">
      <h1 tabIndex={-1}>Account</h1>
      <section class="card" aria-labelledby="who-title">
        <h2 id="who-title">{username}</h2>
        <p class="muted">
          {is_staff
            ? "A member of the staff: sees every frame, may upload and delete."
            : profile.proposals.length > 0
              ? "Sees public frames, frames without an embargo, and those of the proposals below."
              : "Sees public frames and frames without an embargo. It belongs to no proposal: ask whoever runs this archive."}
        </p>
        {profile.proposals.length > 0 && (
          <ul class="chips" aria-label="Proposals">
            {profile.proposals.map((proposal) => (
              <li key={proposal}>
                <a class="tag" href={`./?${new URLSearchParams({ PROPID: proposal })}`}>
                  {proposal}
                </a>
              </li>
            ))}
          </ul>
        )}
        <div class="buttons">
          <button type="button" class="button" onClick={leave}>
            Sign out
          </button>
        </div>
      </section>
      <Password username={username} onChanged={() => setPasswords(passwords + 1)} />
      <Tokens passwords={passwords} />
    </div>
  );
}
