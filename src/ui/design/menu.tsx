import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icon.tsx";

interface MenuProps {
  label: string;
  icon?: IconName;
  /** Shows the icon alone; the label is then the button's name. */
  compact?: boolean;
  /** Opens towards the end of the line instead of its start. */
  start?: boolean;
  plain?: boolean;
  children: (close: () => void) => ComponentChildren;
}

/** What the arrow keys go through; a field that has a use for them keeps them. */
const STOPS = "a[href], button:enabled, input:enabled, select";
const OWN_ARROWS = "select, textarea, [type=number], [type=range], [type=radio], [role=combobox]";

/**
 * A button that shows a panel below it. The arrow keys go through what it offers, Tab too; Escape, a click elsewhere and
 * leaving it close it.
 */
export function Menu({ label, icon, compact, start, plain, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };

  /** Which way an arrow key had the focus go while the panel was still closed: it goes when it is open. */
  const entering = useRef<1 | -1 | null>(null);
  const step = (way: 1 | -1) => {
    const stops = [...root.current!.querySelectorAll<HTMLElement>(`.menu-panel :is(${STOPS})`)];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    stops.at(at < 0 ? (way === 1 ? 0 : -1) : (at + way) % stops.length)?.focus();
  };

  // Before the next key can come: the panel may be left at once.
  useLayoutEffect(() => {
    if (!open) return;
    keepInWindow(panel.current!);
    if (entering.current !== null) step(entering.current);
    entering.current = null;
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
    };
  }, [open]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys work from anywhere inside; the button is the control
    <div
      class={start ? "menu start" : "menu"}
      ref={root}
      onKeyDown={(event) => {
        if (event.key === "Escape" && open) {
          event.stopPropagation();
          close();
        }
        const way = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : null;
        if (way === null || event.altKey || (event.target as Element).matches(OWN_ARROWS)) return;
        event.preventDefault();
        if (open) return step(way);
        entering.current = way;
        setOpen(true);
      }}
    >
      <button
        type="button"
        ref={button}
        class={`button${plain ? " plain" : ""}${compact ? " square" : ""}`}
        aria-expanded={open}
        aria-label={compact ? label : undefined}
        title={compact ? label : undefined}
        onClick={() => setOpen(!open)}
      >
        {icon && <Icon name={icon} />}
        {!compact && label}
        {!compact && <Icon name="down" size={12} />}
      </button>
      {open && (
        <div class="menu-panel" ref={panel}>
          {children(close)}
        </div>
      )}
    </div>
  );
}

/** Room that a panel leaves beside it, CSS pixels. */
const MARGIN = 8;

/** On a phone a button may stand where its panel would go beyond the window's edge: it is moved in. */
function keepInWindow(panel: HTMLElement): void {
  const { left, right } = panel.getBoundingClientRect();
  const inwards = Math.min(0, document.documentElement.clientWidth - MARGIN - right);
  panel.style.translate = `${Math.max(inwards, MARGIN - left)}px`;
}
