/**
 * What one Worker's isolate holds, as its inspector tells: V8's heap and the buffers outside of it. Garbage that V8 has
 * not collected yet counts, too.
 */

const EVERY = 20; // milliseconds

/** Watches the archive's isolate of a workerd with an inspector at `port`. `peak()`: most bytes since the last call. */
export async function watchHeap(port, name = "platevault") {
  const workers = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
  const { webSocketDebuggerUrl } = workers.find(
    ({ title }) => title.endsWith(`:${name}`) && title.includes("core:user"),
  );
  const inspector = new WebSocket(webSocketDebuggerUrl);
  await new Promise((done, failed) => {
    inspector.addEventListener("open", done);
    inspector.addEventListener("error", failed);
  });
  let most = 0;
  inspector.addEventListener("message", ({ data }) => {
    const { result } = JSON.parse(String(data));
    if (result?.usedSize !== undefined) most = Math.max(most, result.usedSize + result.backingStorageSize);
  });
  let id = 0;
  const asking = setInterval(() => inspector.send(JSON.stringify({ id: ++id, method: "Runtime.getHeapUsage" })), EVERY);
  return {
    peak() {
      const bytes = most;
      most = 0;
      return bytes;
    },
    close() {
      clearInterval(asking);
      inspector.close();
    },
  };
}
