/** Which commands there are. */

import type { Command } from "../group.ts";
import { bench } from "./bench.ts";
import { compareCommand } from "./compare.ts";
import { events } from "./events.ts";
import { explain } from "./explain.ts";
import { historyCommand } from "./history.ts";
import { importCommand } from "./import.ts";
import { labCommand } from "./lab.ts";
import { list } from "./list.ts";
import { liveCommand } from "./live.ts";
import { record } from "./record.ts";
import { replayCommand } from "./replay.ts";
import { traceCommand } from "./trace.ts";
import { verifyCommand } from "./verify.ts";

/** Each checks its own arguments; the parser only needs to know that it can run them. */
export const commands: readonly Command[] = [
  record,
  importCommand,
  events,
  replayCommand,
  compareCommand,
  historyCommand,
  bench,
  verifyCommand,
  liveCommand,
  labCommand,
  explain,
  traceCommand,
  list,
];
