/**
 * A list of files to fetch, in the words of the program that will fetch them: signed links with names, sizes and
 * checksums. Names are those of the zip (`bundle-names.ts`), so nothing in them needs more escaping than a quote.
 */
import { csvLine } from "../csv.ts";

export const LIST_FORMATS = ["urls", "csv", "aria2", "wget", "curl", "metalink"] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];

/** One file. */
export interface Listed {
  id: number;
  name: string;
  size: number;
  md5: string;
  sha256: string;
  /** UTC milliseconds. */
  dateObs: number;
  object: string | null;
  filter: string | null;
  url: string;
  /** What else there is to say of it, on one line; null: nothing. */
  note: string | null;
}

interface Writer {
  contentType: string;
  /** Extension of the list's own file name. */
  extension: string;
  head: string;
  file(file: Listed): string;
  /** What was asked for and is not in the list. Plain addresses have no place for it: then a header says it alone. */
  missing(ids: readonly number[]): string;
  tail: string;
}

const MISSING = "Not in the archive, or not for you, of the frames that were asked for:";

/** For formats with comments from `#` to the end of the line. */
const comment = (text: string) => `# ${text.replaceAll(/[\r\n]+/g, " ")}\n`;
const remark = ({ name, note }: Listed) => (note === null ? "" : comment(`${name} is ${note}`));

/** For sh: everything between single quotes is itself. */
function shell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function xml(text: string): string {
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}

const WRITERS: Record<ListFormat, Writer> = {
  urls: {
    contentType: "text/plain; charset=utf-8",
    extension: "txt",
    head: "",
    file: ({ url }) => `${url}\n`,
    missing: () => "",
    tail: "",
  },
  csv: {
    contentType: "text/csv; charset=utf-8",
    extension: "csv",
    head: "name,id,size,md5,sha256,DATE-OBS,OBJECT,FILTER,url\r\n",
    file: ({ name, id, size, md5, sha256, dateObs, object, filter, url }) =>
      csvLine([name, id, size, md5, sha256, new Date(dateObs).toISOString(), object, filter, url]),
    // Rows that have an id and nothing else.
    missing: (ids) => ids.map((id) => csvLine([null, id, null, null, null, null, null, null, null])).join(""),
    tail: "",
  },
  // aria2c -i FILE. https://aria2.github.io/manual/en/html/aria2c.html#input-file
  aria2: {
    contentType: "text/plain; charset=utf-8",
    extension: "aria2.txt",
    head: "# aria2c --continue=true --max-concurrent-downloads=4 --input-file=THIS-FILE\n",
    file: (file) => `${remark(file)}${file.url}\n  out=${file.name}\n  checksum=sha-256=${file.sha256}\n`,
    missing: (ids) => comment(`${MISSING} ${ids.join(" ")}`),
    tail: "",
  },
  // A script, because wget's own list has no names.
  wget: {
    contentType: "text/x-shellscript; charset=utf-8",
    extension: "sh",
    head: "#!/bin/sh\n# Takes what is not here yet and goes on where it was cut off; run it again after a break.\nset -e\n",
    file: (file) =>
      `${remark(file)}wget --continue --output-document=${shell(file.name)} ${shell(file.url)}\n` +
      `printf '%s  %s\\n' ${file.sha256} ${shell(file.name)} | sha256sum --check -\n`,
    missing: (ids) => `echo ${shell(`${MISSING} ${ids.join(" ")}`)} >&2\n`,
    tail: "",
  },
  // curl --config FILE. https://curl.se/docs/manpage.html#-K
  curl: {
    contentType: "text/plain; charset=utf-8",
    extension: "curl.txt",
    head: "# curl --config THIS-FILE\nfail\nlocation\n",
    file: (file) =>
      `${remark(file)}continue-at = -\noutput = "${file.name.replace(/["\\]/g, "\\$&")}"\nurl = "${file.url}"\n`,
    missing: (ids) => comment(`${MISSING} ${ids.join(" ")}`),
    tail: "",
  },
  // RFC 5854.
  metalink: {
    contentType: "application/metalink4+xml; charset=utf-8",
    extension: "meta4",
    head: '<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n',
    file: ({ url, name, size, sha256, note }) =>
      `  <file name="${xml(name)}">\n${note === null ? "" : `    <description>${xml(note)}</description>\n`}` +
      `    <size>${size}</size>\n    <hash type="sha-256">${sha256}</hash>\n    <url>${xml(url)}</url>\n  </file>\n`,
    missing: (ids) => `  <!-- ${MISSING} ${ids.join(" ")} -->\n`,
    tail: "</metalink>\n",
  },
};

export function listHeaders(format: ListFormat): { contentType: string; extension: string } {
  const { contentType, extension } = WRITERS[format];
  return { contentType, extension };
}

/** The list as a stream that holds one page of files at a time. */
export function listStream(
  format: ListFormat,
  pages: AsyncIterable<Listed[]>,
  absent: readonly number[] = [],
): ReadableStream<Uint8Array> {
  const { head, file, missing, tail } = WRITERS[format];
  const end = (absent.length === 0 ? "" : missing(absent)) + tail;
  const iterator = pages[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      if (head !== "") controller.enqueue(encoder.encode(head));
    },
    pull: async (controller) => {
      // A pull that gives nothing is never asked again, and a page may be empty.
      for (let text = ""; text === ""; ) {
        const { done, value } = await iterator.next();
        text = done ? end : value.map(file).join("");
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (done) return controller.close();
      }
    },
    cancel: async () => {
      await iterator.return?.();
    },
  });
}
