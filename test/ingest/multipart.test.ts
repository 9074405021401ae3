import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { parseDisposition } from "../../src/http/disposition.ts";
import { boundaryOf, partsOf } from "../../src/http/multipart.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** A stream in the given pieces; `native` is one of workerd's own, which is read through a caller's buffer. */
function streamOf(pieces: Uint8Array[], native = false): ReadableStream<Uint8Array> {
  if (!native) {
    return new ReadableStream({
      start(controller) {
        for (const piece of pieces) if (piece.length > 0) controller.enqueue(piece);
        controller.close();
      },
    });
  }
  const { readable, writable } = new IdentityTransformStream();
  void (async () => {
    const writer = writable.getWriter();
    for (const piece of pieces) await writer.write(piece);
    await writer.close();
  })().catch(() => undefined);
  return readable;
}

interface Read {
  name: string;
  filename: string | null;
  content: string;
}

async function read(stream: ReadableStream<Uint8Array>, boundary = "B", limit = 1e9): Promise<Read[]> {
  const parts: Read[] = [];
  for await (const part of partsOf(stream, boundary, limit)) {
    let content = "";
    for await (const bytes of part.body) content += decoder.decode(bytes);
    parts.push({ name: part.name, filename: part.filename, content });
  }
  return parts;
}

const BODY = bytesOf(
  '--B\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\nabc\r\n' +
    '--B\r\nContent-Disposition: form-data; name="file"; filename="a.fits"\r\nContent-Type: image/fits\r\n\r\n' +
    "\r\n--\r\n-\r--A\n\r\r\n\r\n--\r\n" +
    '--B  \r\nContent-Disposition: form-data; name="file"; filename="b.fits"\r\n\r\n\r\n--B--\r\nepilogue',
);
const PARTS: Read[] = [
  { name: "csrfmiddlewaretoken", filename: null, content: "abc" },
  { name: "file", filename: "a.fits", content: "\r\n--\r\n-\r--A\n\r\r\n\r\n--" },
  { name: "file", filename: "b.fits", content: "" },
];

describe("multipart bodies", () => {
  it("come out the same wherever they are split", async () => {
    for (let at = 0; at <= BODY.length; at++) {
      expect(await read(streamOf([BODY.slice(0, at), BODY.slice(at)])), `split at ${at}`).toEqual(PARTS);
    }
    const single = [...BODY].map((byte) => Uint8Array.of(byte));
    expect(await read(streamOf(single))).toEqual(PARTS);
    expect(await read(streamOf(single, true))).toEqual(PARTS);
  });

  it("keep every byte of large files, read through one buffer", async () => {
    const content = new Uint8Array(1_000_003);
    for (let i = 0; i < content.length; i++) content[i] = (i * i) >> 3;
    // Beginnings of delimiters all over, so that some lie across the ends of reads.
    for (let i = 7; i + 8 < content.length; i += 65_521) content.set(bytesOf("\r\n--BOUN"), i);
    const head = bytesOf('--BOUNDARY\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n');
    const tail = bytesOf("\r\n--BOUNDARY--\r\n");
    for (const native of [true, false]) {
      const received: Uint8Array[] = [];
      for await (const part of partsOf(streamOf([head, content, tail], native), "BOUNDARY", 2e6)) {
        for await (const bytes of part.body) received.push(bytes.slice());
      }
      // Compared by Buffer: printing the difference of two such arrays would take minutes.
      expect(Buffer.concat(received).equals(content)).toBe(true);
    }
  });

  it("pass over parts that nobody reads", async () => {
    const names: string[] = [];
    for await (const part of partsOf(streamOf([BODY]), "B", 1e6)) names.push(part.filename ?? part.name);
    expect(names).toEqual(["csrfmiddlewaretoken", "a.fits", "b.fits"]);
  });

  it("agree with the platform's own writer", async () => {
    const form = new FormData();
    form.append('name with "quotes"', "värde");
    form.append("file", new File([encoder.encode("æther")], 'räw "1".fits'));
    const response = new Response(form);
    const boundary = boundaryOf(response.headers.get("Content-Type"))!;
    const parts: unknown[] = [];
    for await (const part of partsOf(response.body!, boundary, 1e6)) {
      parts.push([part.name, part.filename, await part.text()]);
    }
    expect(parts).toEqual([
      ['name with "quotes"', null, "värde"],
      ["file", 'räw "1".fits', "æther"],
    ]);
  });

  it.each([
    ["no boundary in it", "nothing of the kind", /boundary does not occur/],
    ["empty", "", /boundary does not occur/],
    ["cut off in the headers", "--B\r\nContent-Dispo", /cut off/],
    ["cut off in a file", '--B\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nSIMPLE', /cut off/],
    ["cut off behind a delimiter", "--B\r\n\r\nx\r\n--B", /cut off/],
    ["junk behind a delimiter", "--Bx\r\n\r\n", /something else follows/],
    ["blanks without end", `--B${" ".repeat(400)}\r\n\r\n`, /something else follows/],
    ["headers without end", `--B\r\nX: ${"x".repeat(40_000)}`, /longer than 16384 bytes/],
    ["a header without a colon", "--B\r\nnonsense\r\n\r\nx\r\n--B--", /no colon/],
    ["base64", "--B\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--B--", /base64/],
    ["nested multipart", "--B\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\nx\r\n--B--", /part of its own/],
    ["parts without end", "--B\r\n\r\n\r\n".repeat(2100), /more than 2000 parts/],
  ])("are refused: %s", async (_, body, message) => {
    for (const native of [true, false]) {
      await expect(read(streamOf([bytesOf(body)], native))).rejects.toThrow(message);
    }
  });

  it("are refused past the limit, while they come", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(sent === 0 ? bytesOf("--B\r\n\r\n") : new Uint8Array(10_000));
        sent += 10_000;
      },
    });
    await expect(read(endless, "B", 1e6)).rejects.toMatchObject({ code: "TOO_LARGE", message: /1 MB/ });
    expect(sent).toBeLessThan(1.1e6);
  });

  it("say so when the client goes away", async () => {
    let pulls = 0;
    const gone = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pulls++ === 0) controller.enqueue(bytesOf("--B\r\n\r\nhalf"));
        else controller.error(new Error("Network connection lost."));
      },
    });
    await expect(read(gone)).rejects.toMatchObject({ code: "BAD_PARAMETER" });
  });

  it("have fields of bounded length", async () => {
    const stream = streamOf([bytesOf('--B\r\nContent-Disposition: form-data; name="x"\r\n\r\n'), new Uint8Array(2e6)]);
    await expect(async () => {
      for await (const part of partsOf(stream, "B", 1e9)) await part.text();
    }).rejects.toMatchObject({ code: "TOO_LARGE", message: /"x"/ });
  });
});

describe("the boundary", () => {
  it.each([
    ["multipart/form-data; boundary=abc", "abc"],
    ['multipart/form-data; charset=utf-8; boundary="a b;c"', "a b;c"],
    ["Multipart/Form-Data;BOUNDARY=----WebKitFormBoundary7MA4YWxkTrZu0gW", "----WebKitFormBoundary7MA4YWxkTrZu0gW"],
    ["application/x-www-form-urlencoded", null],
    [null, null],
  ])("of %s", (type, boundary) => {
    expect(boundaryOf(type)).toBe(boundary);
  });

  it.each(["multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary=""'])(
    "is missing in %s",
    (type) => {
      expect(() => boundaryOf(type)).toThrow(/no usable boundary/);
    },
  );
});

describe("file names", () => {
  it.each([
    ["a browser's", 'form-data; name="file"; filename="a %22b%22.fits"', 'a "b".fits'],
    ["a browser's with UTF-8", 'form-data; name="file"; filename="Göttingen-月.fits"', "Göttingen-月.fits"],
    ["curl's", 'form-data; name="file"; filename="a \\"b\\" \\\\c.fits"', "c.fits"],
    ["requests' with RFC 5987", "form-data; name=\"f\"; filename*=utf-8''G%C3%B6ttingen.fits", "Göttingen.fits"],
    ["both forms", "form-data; name=f; filename=\"x\"; filename*=UTF-8''na%C3%AFve%20name.fits", "naïve name.fits"],
    ["aiohttp's", 'form-data; name="file"; filename="my%20fr%C3%A4me.fits"', "my främe.fits"],
    ["a percent sign", 'form-data; name="file"; filename="100%.fits"', "100%.fits"],
    ["a directory", 'form-data; name="file"; filename="../../etc/passwd"', "passwd"],
    ["an old browser's", 'form-data; name="file"; filename="C:\\night\\frame.fits"', "frame.fits"],
    ["a bare word", "form-data; name=file; filename=frame.fits", "frame.fits"],
    ["an unknown charset", "form-data; name=f; filename=\"ok\"; filename*=klingon''x", "ok"],
    ["none", 'form-data; name="x"', null],
    ["an empty one", 'form-data; name="x"; filename=""', ""],
  ])("%s", (_, header, filename) => {
    expect(parseDisposition(header).filename).toBe(filename);
  });
});
