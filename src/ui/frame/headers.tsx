import { useMemo, useState } from "preact/hooks";
import { type Card, type Frame, type HeaderUnit, headers } from "../api/frame.ts";
import { useResource } from "../api/resource.ts";
import { Copy } from "../design/copy.tsx";
import { count, counted } from "../design/format.ts";
import { Loading } from "../design/loading.tsx";
import { Fault } from "../design/notice.tsx";
import { note, place } from "../router.ts";

/** Cards on show at first: files have had a thousand HDUs, whose tables would keep a browser busy for seconds. */
const AT_ONCE = 2000;

/**
 * Every card of every HDU in file order, narrowed to one HDU and by a search over keywords, values and comments. What is
 * on show is part of the address.
 */
export function Headers({ frame, version }: { frame: Frame; version: number | null }) {
  const loaded = useResource(`headers ${frame.id} ${version}`, (signal) => headers(frame.id, version, signal));
  const words = place.value.query.get("find") ?? "";
  const [text, setText] = useState(words);
  const raw = place.value.query.has("raw");
  const units = loaded.data;
  const asked = units?.find(({ index }) => String(index) === place.value.query.get("hdu"));
  const found = useMemo(
    () =>
      (asked === undefined ? (units ?? []) : [asked])
        .map((unit) => ({ unit, cards: matching(unit.cards, text) }))
        .filter(({ cards }) => cards.length > 0 || text.trim() === ""),
    [units, asked, text],
  );
  const [most, setMost] = useState(AT_ONCE);
  const shown = begun(found, most);
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
        {units.length > 1 && (
          <div class="field">
            <label for="which-hdu">HDU</label>
            <select
              id="which-hdu"
              class="select"
              value={asked === undefined ? "" : String(asked.index)}
              onChange={(event) => note({ hdu: event.currentTarget.value || null })}
            >
              <option value="">{`All ${count(units.length)}`}</option>
              {units.map(({ index, name }) => (
                <option key={index} value={String(index)}>
                  {name === null ? index : `${index} ${name}`}
                </option>
              ))}
            </select>
          </div>
        )}
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
      {shown.map(({ unit, cards }) => (
        <Unit key={unit.index} unit={unit} cards={cards} raw={raw} whole={text.trim() === ""} />
      ))}
      {shown.length < found.length && (
        <div class="buttons">
          <button type="button" class="button" onClick={() => setMost(most + 5 * AT_ONCE)}>
            Show more of the other {counted(found.length - shown.length, "HDU")}
          </button>
        </div>
      )}
      {total === 0 && text.trim() !== "" && <p class="muted">No card holds “{text.trim()}”.</p>}
    </div>
  );
}

function matching(cards: readonly Card[], text: string): readonly Card[] {
  const words = text.trim().toLowerCase().split(/\s+/);
  if (words[0] === "") return cards;
  return cards.filter((card) => {
    // A long text is whole in the value, a number's digits are all in the card.
    const line = `${card.key} ${card.value ?? ""} ${card.comment ?? ""} ${card.images[0]}`.toLowerCase();
    return words.every((word) => line.includes(word));
  });
}

interface Found {
  unit: HeaderUnit;
  cards: readonly Card[];
}

/** The first HDUs, as many as have so many cards together; one at least. */
function begun(found: readonly Found[], most: number): readonly Found[] {
  let cards = 0;
  const over = found.findIndex((one, i) => {
    cards += one.cards.length;
    return cards > most && i > 0;
  });
  return over < 0 ? found : found.slice(0, over);
}

/** Keyword, value indicator, and a number or nothing before the comment (FITS 4.0 §4.1.2, §4.2; HIERARCH: ESO's). */
const BARE_VALUE = /^(?:HIERARCH [^=]*|.{8})= *([^/']*?) *(?:\/.*)?$/;

/** A value as the card has it: with each of a number's digits. An undefined one says so, unlike an empty text. */
function valueShown({ value, images }: Card) {
  if (value === true) return "T";
  if (value === false) return "F";
  const bare = BARE_VALUE.exec(images[0] ?? "")?.[1];
  if (value === null) return bare === "" ? <span class="muted">undefined</span> : "";
  return typeof value === "number" ? (bare ?? String(value)) : value;
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
  /** These are all of its cards. */
  whole: boolean;
}

function Unit({ unit, cards, raw, whole }: UnitProps) {
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
        {raw ? (
          <pre class="raw-cards">{whole ? `${imagesOf(cards)}\nEND` : imagesOf(cards)}</pre>
        ) : (
          <CardTable cards={cards} />
        )}
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
            <td class="mono value">{valueShown(card)}</td>
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
