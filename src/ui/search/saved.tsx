import { useId, useRef, useState } from "preact/hooks";
import { ApiError, noAnswer } from "../api/error.ts";
import { useResource } from "../api/resource.ts";
import { dropSearch, type SavedSearch, savedSearches, saveSearch } from "../api/searches.ts";
import { announce } from "../design/announce.tsx";
import { Icon } from "../design/icon.tsx";
import { Menu } from "../design/menu.tsx";
import { Fault } from "../design/notice.tsx";
import { addressOf, type Search } from "./query.ts";

/** The searches that this account has kept, and the way to keep this one. */
export function Saved({ search, compact }: { search: Search; compact: boolean }) {
  return (
    <Menu label="Saved searches" icon="bookmark" compact={compact}>
      {(close) => <List search={search} onClose={close} />}
    </Menu>
  );
}

function List({ search, onClose }: { search: Search; onClose: () => void }) {
  const id = useId();
  const list = useResource("searches", savedSearches);
  const kept = list.data;
  const [fault, setFault] = useState<string | null>(null);
  const [name, setName] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const query = addressOf({ ...search, offset: 0, open: [] }).slice("./".length);
  const attempt = async (work: () => Promise<void>) => {
    setFault(null);
    try {
      await work();
    } catch (cause) {
      setFault((cause instanceof ApiError ? cause : noAnswer(cause)).message);
    }
  };
  const save = (event: Event) => {
    event.preventDefault();
    void attempt(async () => {
      const saved = await saveSearch(name.trim(), query);
      list.reload();
      setName("");
      announce(`Saved as ${saved.name}.`);
    });
  };
  const drop = ({ id: gone, name: called }: SavedSearch) =>
    attempt(async () => {
      await dropSearch(gone);
      list.reload();
      announce(`${called} is removed.`);
      field.current?.focus();
    });

  return (
    <div class="saved">
      {kept !== undefined && kept.length > 0 && (
        <ul aria-label="Saved searches">
          {kept.map((one) => (
            <li key={one.id}>
              <a
                class="item"
                href={`./${one.query}`}
                aria-current={one.query === query ? "true" : undefined}
                onClick={onClose}
              >
                {one.name}
              </a>
              <button
                type="button"
                class="button plain square tight"
                aria-label={`Remove ${one.name}`}
                title="Remove"
                onClick={() => void drop(one)}
              >
                <Icon name="close" size={14} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {kept?.length === 0 && (
        <p class="muted small">
          None yet. A search keeps its filters, its order and its view; “last night” stays last night on any day.
        </p>
      )}
      {list.fault && <Fault fault={list.fault} again={list.reload} what="The list" />}
      <form onSubmit={save}>
        <div class="field">
          <label for={`${id}-name`}>Save this search as</label>
          <input
            id={`${id}-name`}
            ref={field}
            class="input"
            required
            maxLength={100}
            autocomplete="off"
            value={name}
            aria-invalid={fault !== null}
            aria-describedby={fault === null ? undefined : `${id}-fault`}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </div>
        <button type="submit" class="button">
          Save
        </button>
      </form>
      {fault !== null && (
        <p class="fault" id={`${id}-fault`} role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}
