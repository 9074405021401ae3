/** Line icons on a 24-unit grid. Always decoration: the words beside them, or the button's label, carry the meaning. */

const PATHS = {
  close: "M6 6l12 12M18 6L6 18",
  right: "M9 5l7 7-7 7",
  left: "M15 5l-7 7 7 7",
  down: "M5 9l7 7 7-7",
  up: "M5 15l7-7 7 7",
  check: "M4 12.5l5.5 5.5L20 7",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  search: "M10.5 4a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13M15.5 15.5L21 21",
  download: "M12 3v12M6.5 10L12 15.5 17.5 10M4 20h16",
  upload: "M12 16V4M6.5 9L12 3.5 17.5 9M4 20h16",
  person: "M12 4a4 4 0 1 1 0 8a4 4 0 0 1 0-8M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6",
  look: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 3v18M12 7h5.5M12 12h9M12 17h5.5",
  table: "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
  gallery: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  map: "M12 4.5c5.5 0 10 3.4 10 7.5s-4.5 7.5-10 7.5S2 16.1 2 12s4.5-7.5 10-7.5M12 4.5c-3.5 2-3.5 13 0 15M12 4.5c3.5 2 3.5 13 0 15M2 12h20",
  night: "M20 14.5A8.5 8.5 0 1 1 9.5 4a6.6 6.6 0 0 0 10.5 10.5",
  whole: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M3 12h18M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M9 9h6v6H9z",
  columns: "M4 5h16v14H4zM9.5 5v14M14.5 5v14",
  filters: "M3 6h18M6 12h12M10 18h4",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  warn: "M12 4L2.5 20h19zM12 10v4.5M12 17v.4",
  info: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 11v5.5M12 7.5v.4",
  offline:
    "M3 3l18 18M8.5 15.5a5 5 0 0 1 5.5-1M5 12a10 10 0 0 1 4-2.4M2 8.5A15 15 0 0 1 6.5 6M13 8.6a10 10 0 0 1 6 3.4M10.5 5.1A15 15 0 0 1 22 8.5M12 19v.4",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  retry: "M20 12a8 8 0 1 1-2.6-5.9M20 3v5h-5",
  link: "M10 14a4.5 4.5 0 0 0 6.4 0l3-3A4.5 4.5 0 0 0 13 4.6l-1 1M14 10a4.5 4.5 0 0 0-6.4 0l-3 3A4.5 4.5 0 0 0 11 19.4l1-1",
  more: "M5 11.5a.5.5 0 1 1 0 1a.5.5 0 0 1 0-1M12 11.5a.5.5 0 1 1 0 1a.5.5 0 0 1 0-1M19 11.5a.5.5 0 1 1 0 1a.5.5 0 0 1 0-1",
  bookmark: "M6 3h12v18l-6-4.5L6 21z",
  share: "M12 15V3M7.5 7L12 2.5 16.5 7M5 12v8.5h14V12",
  quote: "M10 7H5v6h5V7zM10 13c0 3-1.5 4.5-4 5M19 7h-5v6h5V7zM19 13c0 3-1.5 4.5-4 5",
  send: "M21 3L3 10.5l7 3.5 3.5 7zM10 14l5-5",
  pause: "M8 5v14M16 5v14",
  play: "M7 4.5v15l12-7.5z",
} as const;
export type IconName = keyof typeof PATHS;

/** `size`: in pixels where text has its usual size, with which it grows. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={`${size / 16}rem`}
      height={`${size / 16}rem`}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
