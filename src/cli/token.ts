import { ArchiveClient } from "./archive-client.ts";
import { type Command, UsageError } from "./command.ts";

interface Token {
  id: number;
  hint: string;
  label: string;
  created: string;
  expires: string | null;
}

export const token: Command = {
  usage: "token add USER LABEL | token list USER | token revoke ID",
  summary: "Makes, lists and revokes API tokens.",
  options: {
    expires: { type: "string", value: "DATE", help: "add: when it ends (default: never)" },
    value: { type: "string", value: "TOKEN", help: "add: one of a pyobs-archive that shall go on working here" },
  },
  async run([action, subject, label], options) {
    const archive = await ArchiveClient.connect(options);
    const path = `admin/api/users/${encodeURIComponent(subject ?? "")}/tokens/`;
    if (action === "add" && subject && label) {
      const json = { label, expires: options.expires, token: options.value };
      const made = await archive.json<{ id: number; token: string }>(path, { method: "POST", json });
      console.log(made.token);
      console.error(`Token ${made.id} of ${subject}; it is shown this once.`);
      return 0;
    }
    if (action === "list" && subject) {
      const { results } = await archive.json<{ results: Token[] }>(path);
      for (const { id, hint, label: name, created, expires } of results) {
        console.log(
          `${String(id).padStart(5)}  ${`${hint}…`.padEnd(10)}  ${created.slice(0, 10)}  ${expires?.slice(0, 10) ?? "no end    "}  ${name}`,
        );
      }
      return 0;
    }
    if (action === "revoke" && /^\d+$/.test(subject ?? "")) {
      await archive.request(`admin/api/tokens/${subject}/`, { method: "DELETE" });
      console.log(`Token ${subject} is revoked.`);
      return 0;
    }
    throw new UsageError("Say `token add USER LABEL`, `token list USER` or `token revoke ID`.");
  },
};
