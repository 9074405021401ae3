/**
 * `platevault`, the archive's command-line program. It speaks to a running archive over its API, as any client does;
 * only `--local` goes straight to the embedded database, for the first account of a machine nobody can sign in to yet.
 */
import { parseArgs } from "node:util";
import { check } from "./check.ts";
import { type Command, UsageError } from "./command.ts";
import { remove } from "./delete.ts";
import { demo } from "./demo.ts";
import { ingest } from "./ingest.ts";
import { token } from "./token.ts";
import { user } from "./user.ts";

const COMMANDS: Record<string, Command> = { ingest, demo, user, token, delete: remove, check };

const COMMON = {
  url: { type: "string", value: "ADDRESS", help: "the archive (default: PLATEVAULT_URL, else http://127.0.0.1:8787/)" },
  token: {
    type: "string",
    value: "TOKEN",
    help: "API token (default: PLATEVAULT_TOKEN, else the account in .dev.vars)",
  },
  help: { type: "boolean", value: "", help: "this text" },
} as const;

function usage(): string {
  const lines = Object.values(COMMANDS).map((command) => `  platevault ${command.usage}\n      ${command.summary}`);
  return `Usage:\n${lines.join("\n")}\n\n  platevault COMMAND --help tells a command's options.\n`;
}

function helpOf(command: Command): string {
  const options = Object.entries({ ...command.options, ...COMMON }).map(
    ([name, option]) => `  ${`--${name}${option.value ? ` ${option.value}` : ""}`.padEnd(22)} ${option.help}`,
  );
  return `Usage: platevault ${command.usage}\n${command.summary}\n\n${options.join("\n")}\n`;
}

/** Runs the program; answers its exit status: 0 all well, 1 something failed, 2 wrong usage. */
export async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  const command = name === undefined ? undefined : COMMANDS[name];
  if (command === undefined) {
    const asked = name === undefined || name === "--help" || name === "help";
    process[asked ? "stdout" : "stderr"].write(asked ? usage() : `There is no command "${name}".\n\n${usage()}`);
    return asked ? 0 : 2;
  }
  try {
    const options = Object.fromEntries(
      Object.entries({ ...command.options, ...COMMON }).map(([key, option]) => [
        key,
        { type: option.type, ...("multiple" in option && option.multiple ? { multiple: true } : {}) },
      ]),
    );
    const parsed = parseArgs({ args: rest, options, allowPositionals: true });
    if (parsed.values.help) {
      process.stdout.write(helpOf(command));
      return 0;
    }
    return await command.run(parsed.positionals, parsed.values as Record<string, string | boolean | undefined>);
  } catch (error) {
    const wrongUsage = error instanceof UsageError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
    process.stderr.write(`${(error as Error).message}\n${wrongUsage ? `\n${helpOf(command)}` : ""}`);
    return wrongUsage ? 2 : 1;
  }
}
