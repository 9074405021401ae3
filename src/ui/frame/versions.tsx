import { type Frame, versions } from "../api/frame.ts";
import { useResource } from "../api/resource.ts";
import { Copy } from "../design/copy.tsx";
import { bytes, time } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { Loading } from "../design/loading.tsx";
import { Fault } from "../design/notice.tsx";
import { frameAddress } from "./page.tsx";

/** Every file that was ever current under this frame's name; none of them is lost when a newer one comes. */
export function Versions({ frame, shown }: { frame: Frame; shown: number | null }) {
  const list = useResource(`versions ${frame.id}`, (signal) => versions(frame.id, signal));
  if (list.fault) return <Fault fault={list.fault} again={list.reload} what="The versions" />;
  if (list.data === undefined) return <Loading what="the versions" />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable to be scrolled
    <section class="table-scroll" tabIndex={0} aria-label="Table of versions">
      <table class="frames">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Came in (UTC)</th>
            <th scope="col">File</th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col">MD5</th>
            <th scope="col">
              <span class="unseen">Download</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {list.data.map((one) => (
            <tr key={one.version} class={one.version === (shown ?? frame.version) ? "picked" : undefined}>
              <th scope="row">
                <a href={frameAddress(frame.id, "versions", one.current ? null : one.version)}>{one.version}</a>{" "}
                {one.current && <span class="tag">current</span>}
              </th>
              <td>{one.created === null ? "" : time(one.created)}</td>
              <td>{one.filename}</td>
              <td class="number">{bytes(one.size)}</td>
              <td>
                <span class="mono">{one.md5}</span> <Copy text={one.md5} what={`MD5 of version ${one.version}`} />
              </td>
              <td>
                <a
                  class="button tight"
                  href={`frames/${frame.id}/download/?version=${one.version}&format=stored`}
                  download
                >
                  <Icon name="download" size={14} /> Download<span class="unseen"> version {one.version}</span>
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
