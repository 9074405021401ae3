#!/usr/bin/env node
// The command-line program is TypeScript; tsx runs it as it is, on every Node from 20 on.
import { register } from "tsx/esm/api";

register();
const { main } = await import("../src/cli/main.ts");
process.exitCode = await main(process.argv.slice(2));
