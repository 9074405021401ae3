import type { Signal } from "@preact/signals";
import { Icon } from "../design/icon.tsx";
import { Menu } from "../design/menu.tsx";
import type { ViewerState } from "./state.ts";
import { KEYS, TOOLS } from "./tool.ts";
import { ToolIcon } from "./tool-icon.tsx";

interface ToolbarProps {
  state: ViewerState;
  onCopy: () => void;
  onSave: () => void;
  /** Null where the browser cannot. */
  onFill: (() => void) | null;
}

/** Tools, zoom, what lies above the image, and what is taken away from it. */
export function Toolbar({ state, onCopy, onSave, onFill }: ToolbarProps) {
  const hasSky = state.first.wcs !== null;
  return (
    <div class="viewer-bar" role="toolbar" aria-label="Viewer">
      <div class="viewer-tools">
        <fieldset class="choice" aria-label="Tool">
          {TOOLS.map(({ id, name, key, does }) => (
            <button
              key={id}
              type="button"
              class="button square"
              aria-label={name}
              aria-pressed={state.tool.value === id}
              title={`${name} (${key.toUpperCase()}): ${does}`}
              onClick={() => state.choose(id)}
            >
              <ToolIcon name={id} />
            </button>
          ))}
        </fieldset>
        <fieldset class="choice" aria-label="Zoom and turn">
          <button
            type="button"
            class="button square"
            aria-label="Closer"
            title="Closer (+)"
            onClick={() => state.zoomBy(1.5)}
          >
            <Icon name="plus" />
          </button>
          <button
            type="button"
            class="button square"
            aria-label="Further"
            title="Further (−)"
            onClick={() => state.zoomBy(1 / 1.5)}
          >
            <Icon name="minus" />
          </button>
          <button type="button" class="button" title="Whole image (F)" onClick={() => state.fit()}>
            Fit
          </button>
          <button type="button" class="button" title="One pixel is one pixel (1)" onClick={() => state.onePixel()}>
            1:1
          </button>
          {hasSky && (
            <button
              type="button"
              class="button square"
              aria-label="North up"
              title="North up, east left (N); U turns back"
              onClick={() => state.turnNorth()}
            >
              <ToolIcon name="north" />
            </button>
          )}
        </fieldset>
        <fieldset class="choice" aria-label="Above the image">
          {hasSky && <Toggle on={state.grid} name="Grid" keyName="G" icon="grid" title="Lines of RA and Dec" />}
          {hasSky && (
            <Toggle on={state.marks} name="Compass and scale" keyName="M" icon="marks" title="Compass and scale bar" />
          )}
          <Toggle
            on={state.sources}
            name="Sources"
            keyName="K"
            icon="sources"
            title="Sources of the frame's catalogue"
          />
          <Toggle
            on={state.comparing}
            name="Compare"
            icon="compare"
            title="Blink with other frames of the field, or three as red, green and blue"
          />
        </fieldset>
        <div class="choice">
          <button
            type="button"
            class="button square"
            aria-label="Copy position"
            title="Copy the position at the cross-hair (P)"
            disabled={!hasSky}
            onClick={onCopy}
          >
            <Icon name="copy" />
          </button>
          <button
            type="button"
            class="button square"
            aria-label="Save as PNG"
            title="Save what is seen as PNG"
            onClick={onSave}
          >
            <ToolIcon name="picture" />
          </button>
          {onFill && (
            <button
              type="button"
              class="button square"
              aria-label="Fill the screen"
              title="Fill the screen, and back (W)"
              onClick={onFill}
            >
              <ToolIcon name="fill" />
            </button>
          )}
        </div>
      </div>
      <Menu label="Keys" start>
        {() => (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable to be scrolled
          <section class="keys" tabIndex={0} aria-label="Keys">
            <p class="muted small">They work while the image has the focus.</p>
            <dl>
              {TOOLS.map(({ id, key, name, does }) => (
                <div key={id}>
                  <dt>
                    <kbd>{key.toUpperCase()}</kbd>
                  </dt>
                  <dd>
                    <strong>{name}.</strong> {does}
                  </dd>
                </div>
              ))}
              {KEYS.map(([key, does]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
            <p class="muted small">
              With the pointer: the wheel zooms, the right button changes brightness and contrast, the middle button or
              Shift moves the image whatever the tool. With fingers: one does what the tool does, two move and zoom; a
              tap brings the cross-hair there, a finger held still carries it along; two taps or clicks of Move come
              closer.
            </p>
          </section>
        )}
      </Menu>
    </div>
  );
}

interface ToggleProps {
  on: Signal<boolean>;
  name: string;
  keyName?: string;
  icon: "grid" | "marks" | "sources" | "compare";
  title: string;
}

function Toggle({ on, name, keyName, icon, title }: ToggleProps) {
  return (
    <button
      type="button"
      class="button square"
      aria-label={name}
      aria-pressed={on.value}
      title={keyName === undefined ? title : `${title} (${keyName})`}
      onClick={() => {
        on.value = !on.value;
      }}
    >
      <ToolIcon name={icon} />
    </button>
  );
}
