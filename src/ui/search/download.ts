/** Zips of frames, handed to the browser's own download manager. */
import { answer, csrfToken } from "../api/client.ts";

/** Address of the zip of all frames that a search finds. */
export function zipAddress(filters: URLSearchParams): string {
  const query = filters.toString();
  return query === "" ? "/frames/zip/?q=a" : `/frames/zip/?${query}`;
}

/** Starts the download of all frames found. Asks first, so that a refusal is an ApiError here and not a page of JSON. */
export async function downloadFound(filters: URLSearchParams): Promise<void> {
  const address = zipAddress(filters);
  await answer(address, { method: "HEAD" });
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
}

/** Starts the download of the frames with these ids, as a form's POST, whose attachment leaves the page where it is. */
export async function downloadSelected(ids: Iterable<number>): Promise<void> {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/frames/zip/";
  form.hidden = true;
  const add = (name: string, value: string) => {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  };
  add("csrfmiddlewaretoken", await csrfToken());
  for (const id of ids) add("frame_ids[]", String(id));
  document.body.append(form);
  form.submit();
  form.remove();
}
