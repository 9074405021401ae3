import type { ComponentChildren } from "preact";
import { formatDec, formatRa } from "../../sky/angle.ts";
import type { Frame } from "../api/frame.ts";
import { Copy } from "../design/copy.tsx";
import { bytes, count, level, seconds, timeFine } from "../design/format.ts";
import { CALIBRATION } from "./lineage.ts";

interface FactsProps {
  frame: Frame;
  /** The newest that was made of it, or it itself where there is none; undefined while that is looked for. */
  product: Frame | undefined;
}

/** The frame's facts in the field's terms, with their units. What is unknown is left out. */
export function Facts({ frame, product }: FactsProps) {
  const original = frame.version_set.find(({ version }) => version === frame.version)?.original;
  const unpacked = original?.filename === frame.filename ? null : original;
  return (
    <div class="facts">
      <Group title="Exposure">
        <Fact name="Start" title="DATE-OBS">
          {timeFine(frame.DATE_OBS)} <span class="muted">UTC</span>
        </Fact>
        <Fact name="Night">
          <a href={`night/${frame.night}/`}>{frame.night}</a>
        </Fact>
        <Fact name="Exposure time" title="EXPTIME">
          {frame.EXPTIME !== null && (
            <>
              {seconds(frame.EXPTIME)} <span class="muted">s</span>
            </>
          )}
        </Fact>
        <Fact name="Filter">{frame.FILTER}</Fact>
        <Fact name="Image type">{frame.OBSTYPE}</Fact>
        <Fact name="Reduction level">{level(frame.RLEVEL)}</Fact>
        {/* There before it is known, so that nothing moves. */}
        <Fact name="Reduced to">
          {frame.RLEVEL === 0 && !CALIBRATION.test(frame.OBSTYPE) && <Product frame={frame} product={product} />}
        </Fact>
        <Fact name="Binning">{frame.binning.replace("x", " × ")}</Fact>
      </Group>
      <Group title="Target">
        <Fact name="Object">
          {frame.OBJECT !== null && <a href={`./?${new URLSearchParams({ OBJECT: frame.OBJECT })}`}>{frame.OBJECT}</a>}
        </Fact>
        {frame.RA !== null && frame.DEC !== null && (
          <>
            <Fact name="Right ascension">
              <span class="mono">{formatRa(frame.RA)}</span> <span class="muted">{frame.RA.toFixed(5)}°</span>
            </Fact>
            <Fact name="Declination">
              <span class="mono">{formatDec(frame.DEC)}</span> <span class="muted">{frame.DEC.toFixed(5)}°</span>
            </Fact>
            <Fact name="Same field">
              <a href={`./?${new URLSearchParams({ RA: frame.RA.toFixed(6), DEC: frame.DEC.toFixed(6) })}`}>
                Frames within 10′
              </a>
            </Fact>
          </>
        )}
      </Group>
      <Group title="Where">
        <Fact name="Site">{frame.SITEID}</Fact>
        <Fact name="Telescope">{frame.TELID}</Fact>
        <Fact name="Instrument">{frame.INSTRUME}</Fact>
      </Group>
      <Group title="Programme">
        <Fact name="Proposal">
          {frame.proposal_id !== null && (
            <a href={`./?${new URLSearchParams({ PROPID: frame.proposal_id })}`}>{frame.proposal_id}</a>
          )}
        </Fact>
        <Fact name="Request">
          {frame.REQNUM !== null && <a href={`./?${new URLSearchParams({ REQNUM: frame.REQNUM })}`}>{frame.REQNUM}</a>}
        </Fact>
        <Fact name="Observation">
          {frame.OBSNUM !== null && <a href={`./?${new URLSearchParams({ OBSNUM: frame.OBSNUM })}`}>{frame.OBSNUM}</a>}
        </Fact>
        <Fact name="Public from">{frame.public_date?.slice(0, 10)}</Fact>
      </Group>
      <Group title="File">
        <Fact name="Name">{frame.filename}</Fact>
        <Fact name="Size">
          {bytes(frame.size)} <span class="muted">{count(frame.size)} bytes</span>
        </Fact>
        <Fact name="Pixels">
          {frame.width} × {frame.height}
        </Fact>
        <Checksum name="MD5" sum={frame.md5} />
        <Checksum name="SHA-256" sum={frame.sha256} />
      </Group>
      {unpacked && (
        <Group title="Unpacked file">
          <Fact name="Name">{unpacked.filename}</Fact>
          <Fact name="Size">
            {bytes(unpacked.size)} <span class="muted">{count(unpacked.size)} bytes</span>
          </Fact>
          <Checksum name="MD5" of="unpacked " sum={unpacked.md5} />
          <Checksum name="SHA-256" of="unpacked " sum={unpacked.sha256} />
        </Group>
      )}
    </div>
  );
}

function Product({ frame, product }: FactsProps) {
  if (product === undefined) return <span class="muted">…</span>;
  if (product.id === frame.id) return <span class="muted">nothing here</span>;
  return <a href={`frame/${product.id}`}>{product.basename}</a>;
}

function Checksum({ name, of = "", sum }: { name: string; of?: string; sum: string }) {
  return (
    <Fact name={name}>
      <span class="checksum mono">{sum}</span>
      <Copy text={sum} what={`${of}${name}`} />
    </Fact>
  );
}

/** A heading with its facts; nothing at all where none of them is known. */
function Group({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="fact-group">
      <h2>{title}</h2>
      <dl>{children}</dl>
    </section>
  );
}

function Fact({ name, title, children }: { name: string; title?: string; children?: ComponentChildren }) {
  const parts = Array.isArray(children) ? children : [children];
  if (parts.every((part) => part === null || part === undefined || part === "" || part === false)) return null;
  return (
    <div class="fact">
      <dt title={title}>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
