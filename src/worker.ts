/** The three ways into the Worker: a request, a batch of the queue, the clock. */
import { app } from "./app.ts";
import type { WorkItem } from "./archive/context.ts";
import { archiveOf } from "./archive/context.ts";
import { upkeep } from "./archive/upkeep.ts";
import { consume } from "./archive/work.ts";

export default {
  fetch: app.fetch,
  queue: (batch, env) => consume(archiveOf(env), batch),
  scheduled: (controller, env) => upkeep(archiveOf(env), controller.scheduledTime),
} satisfies ExportedHandler<Env, WorkItem>;
