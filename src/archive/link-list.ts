/**
 * A list of files to fetch, in the words of the program that will fetch them: signed links with names, sizes and
 * checksums. Names are those of the zip (`bundle-names.ts`), so nothing in them needs more escaping than a quote.
 */

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
}

interface Writer {
  contentType: string;
  /** Extension of the list's own file name. */
  extension: string;
  head: string;
  file(file: Listed): string;
  tail: string;
}

export function csvLine(cells: readonly (string | number | null)[]): string {
  const quoted = cells.map((value) => {
    const text = value === null ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(",")}\r\n`;
}

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
    tail: "",
  },
  csv: {
    contentType: "text/csv; charset=utf-8",
    extension: "csv",
    head: "name,id,size,md5,sha256,DATE-OBS,OBJECT,FILTER,url\r\n",
    file: ({ name, id, size, md5, sha256, dateObs, object, filter, url }) =>
      csvLine([name, id, size, md5, sha256, new Date(dateObs).toISOString(), object, filter, url]),
    tail: "",
  },
  // aria2c -i FILE. https://aria2.github.io/manual/en/html/aria2c.html#input-file
  aria2: {
    contentType: "text/plain; charset=utf-8",
    extension: "aria2.txt",
    head: "# aria2c --continue=true --max-concurrent-downloads=4 --input-file=THIS-FILE\n",
    file: ({ url, name, sha256 }) => `${url}\n  out=${name}\n  checksum=sha-256=${sha256}\n`,
    tail: "",
  },
  // A script, because wget's own list has no names.
  wget: {
    contentType: "text/x-shellscript; charset=utf-8",
    extension: "sh",
    head: "#!/bin/sh\n# Takes what is not here yet and goes on where it was cut off; run it again after a break.\nset -e\n",
    file: ({ url, name, sha256 }) =>
      `wget --continue --output-document=${shell(name)} ${shell(url)}\n` +
      `printf '%s  %s\\n' ${sha256} ${shell(name)} | sha256sum --check -\n`,
    tail: "",
  },
  // curl --config FILE. https://curl.se/docs/manpage.html#-K
  curl: {
    contentType: "text/plain; charset=utf-8",
    extension: "curl.txt",
    head: "# curl --config THIS-FILE\nfail\nlocation\n",
    file: ({ url, name }) => `continue-at = -\noutput = "${name.replace(/["\\]/g, "\\$&")}"\nurl = "${url}"\n`,
    tail: "",
  },
  // RFC 5854.
  metalink: {
    contentType: "application/metalink4+xml; charset=utf-8",
    extension: "meta4",
    head: '<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n',
    file: ({ url, name, size, sha256 }) =>
      `  <file name="${xml(name)}">\n    <size>${size}</size>\n    <hash type="sha-256">${sha256}</hash>\n` +
      `    <url>${xml(url)}</url>\n  </file>\n`,
    tail: "</metalink>\n",
  },
};

export function listHeaders(format: ListFormat): { contentType: string; extension: string } {
  const { contentType, extension } = WRITERS[format];
  return { contentType, extension };
}

/** The list as a stream that holds one page of files at a time. */
export function listStream(format: ListFormat, pages: AsyncIterable<Listed[]>): ReadableStream<Uint8Array> {
  const { head, file, tail } = WRITERS[format];
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
        text = done ? tail : value.map(file).join("");
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (done) return controller.close();
      }
    },
    cancel: async () => {
      await iterator.return?.();
    },
  });
}
