/** Uploads as curl and python-requests send them, ready before the clock starts. */
import { Agent, request as httpRequest } from "node:http";

const agent = new Agent({ keepAlive: true });

/** A multipart body of frames `{name, bytes}`, each in a field of its own: pyobs-archive takes one file a field. */
export function formOf(frames) {
  const boundary = "----------------------platevaultbench";
  const parts = frames.flatMap(({ name, bytes }, index) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file${index}"; filename="${name}.fits"\r\n` +
        "Content-Type: application/octet-stream\r\n\r\n",
    ),
    bytes,
    Buffer.from("\r\n"),
  ]);
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

/** The text of the answer, which must be a 200. */
export function post(url, { type, body }, headers = {}) {
  return new Promise((done, fail) => {
    const options = {
      method: "POST",
      agent,
      headers: { ...headers, "content-type": type, "content-length": body.length },
    };
    const request = httpRequest(url, options, async (answer) => {
      const text = Buffer.concat(await answer.toArray()).toString();
      if (answer.statusCode === 200) done(text);
      else fail(new Error(`${url}: ${answer.statusCode} ${text}`));
    });
    request.on("error", fail).end(body);
  });
}
