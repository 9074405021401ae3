import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
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

/** A button that shows a panel below it. Escape, a click elsewhere and leaving it with Tab close it. */
export function Menu({ label, icon, compact, start, plain, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };

  useEffect(() => {
    if (!open) return;
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
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes from anywhere inside; the button is the control
    <div
      class={start ? "menu start" : "menu"}
      ref={root}
      onKeyDown={(event) => {
        if (event.key === "Escape" && open) {
          event.stopPropagation();
          close();
        }
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
      {open && <div class="menu-panel">{children(close)}</div>}
    </div>
  );
}
