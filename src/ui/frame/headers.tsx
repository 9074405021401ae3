import { useMemo, useState } from "preact/hooks";
import { type Card, type Frame, type HeaderUnit, headers } from "../api/frame.ts";
import { useResource } from "../api/resource.ts";
import { Copy } from "../design/copy.tsx";
import { counted } from "../design/format.ts";
import { Loading } from "../design/loading.tsx";
import { Fault } from "../design/notice.tsx";
import { note, place } from "../router.ts";

/** Every card of every HDU in file order, narrowed by a search over keywords, values and comments. */
export function Headers({ frame, version }: { frame: Frame; version: number | null }) {
  const loaded = useResource(`headers ${frame.id} ${version}`, (signal) => headers(frame.id, version, signal));
  const words = place.value.query.get("find") ?? "";
  const [text, setText] = useState(words);
  const raw = place.value.query.has("raw");
  const units = loaded.data;
  const found = useMemo(
    () => (units ?? []).map((unit) => ({ unit, cards: matching(unit.cards, text) })),
    [units, text],
  );
  if (loaded.fault) return <Fault fault={loaded.fault} again={loaded.reload} what="The headers" />;
  if (units === undefined) return <Loading what="the headers" />;
  const total = found.reduce((sum, { cards }) => sum + cards.length, 0);

  return (
    <div class="headers">
      <div class="headers-bar">
        <div class="field grow">
          <label for="find-card">Search the cards</label>
          <input
            id="find-card"
            class="input"
            type="search"
            autocomplete="off"
            spellcheck={false}
            placeholder="EXPTIME, gain, 2026 …"
            value={text}
            onInput={(event) => {
              setText(event.currentTarget.value);
              note({ find: event.currentTarget.value.trim() || null });
            }}
          />
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: two views are no fieldset of a form */}
        <div class="choice" role="group" aria-label="Show as">
          <button type="button" class="button" aria-pressed={!raw} onClick={() => note({ raw: null })}>
            Table
          </button>
          <button type="button" class="button" aria-pressed={raw} onClick={() => note({ raw: "1" })}>
            Raw
          </button>
        </div>
        <p class="muted" role="status">
          {text.trim() === "" ? counted(total, "card") : `${counted(total, "card")} found`}
        </p>
      </div>
      {found.map(({ unit, cards }) =>
        cards.length === 0 && text.trim() !== "" ? null : <Unit key={unit.index} unit={unit} cards={cards} raw={raw} />,
      )}
      {total === 0 && text.trim() !== "" && <p class="muted">No card holds “{text.trim()}”.</p>}
    </div>
  );
}

function matching(cards: readonly Card[], text: string): readonly Card[] {
  const words = text.trim().toLowerCase().split(/\s+/);
  if (words[0] === "") return cards;
  return cards.filter((card) => {
    const line = `${card.key} ${card.value ?? ""} ${card.comment ?? ""}`.toLowerCase();
    return words.every((word) => line.includes(word));
  });
}

function shown(value: Card["value"]): string {
  if (value === true) return "T";
  if (value === false) return "F";
  return value === null ? "" : String(value);
}

/** The cards' 80 columns, a line each, without the blanks at their ends. */
function imagesOf(cards: readonly Card[]): string {
  return cards.flatMap(({ images }) => images.map((image) => image.trimEnd())).join("\n");
}

interface UnitProps {
  unit: HeaderUnit;
  cards: readonly Card[];
  /** As they stand in the file, instead of a table. */
  raw: boolean;
}

function Unit({ unit, cards, raw }: UnitProps) {
  return (
    <section class="unit">
      <h2>
        HDU {unit.index}
        {unit.name && <span class="tag">{unit.name}</span>}
        <span class="muted small">{counted(cards.length, "card")}</span>
        <Copy text={imagesOf(cards)} what={`cards of HDU ${unit.index}`} />
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable to be scrolled */}
      <section class="table-scroll" tabIndex={0} aria-label={`Cards of HDU ${unit.index}`}>
        {raw ? <pre class="raw-cards">{imagesOf(cards)}</pre> : <CardTable cards={cards} />}
      </section>
    </section>
  );
}

function CardTable({ cards }: { cards: readonly Card[] }) {
  return (
    <table class="cards">
      <colgroup>
        <col class="keyword" />
        <col class="value" />
        <col />
        <col class="copy" />
      </colgroup>
      <thead class="unseen">
        <tr>
          <th scope="col">Keyword</th>
          <th scope="col">Value</th>
          <th scope="col">Comment</th>
          <th scope="col">Copy</th>
        </tr>
      </thead>
      <tbody>
        {cards.map((card, index) => (
          <tr key={index}>
            <th scope="row" class="mono">
              {card.key}
            </th>
            <td class="mono value">{shown(card.value)}</td>
            <td class="muted comment">{card.comment}</td>
            <td class="copy">
              <Copy text={imagesOf([card])} what={`card ${card.key}`} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
