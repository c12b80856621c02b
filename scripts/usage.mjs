// @ts-check
/** Preloaded: what this process and all its threads took, as one line of JSON on descriptor 3 when it ends. */

import { writeSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

if (isMainThread) process.on("exit", () => writeSync(3, JSON.stringify(process.resourceUsage())));
