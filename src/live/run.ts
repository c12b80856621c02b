/** What the running kernel answers to the calls of a program. */

import { spawnSync } from "node:child_process";
import { MmreplayError } from "../errors.ts";
import { thisMachine } from "../record/machine.ts";
import type { Program } from "../resolve/program.ts";
import { callerFor } from "./caller.ts";
import { type Answers, answersIn, type LiveRun, recordingOf } from "./recording.ts";
import { type LiveTable, liveTable } from "./table.ts";

/** Most bytes that maps of two times 65,530 VMAs take, with the answers. */
const mostOutput = 2 ** 30;

/** Let a fresh process make the calls of a table; throws `live/not-built` or `live/failed`. */
export function makeCalls(table: LiveTable): Answers {
  const { buffer, byteOffset, byteLength } = table.rows;
  const caller = callerFor(thisMachine.hardware);
  const { status, signal, stdout, stderr, error } = spawnSync(caller, {
    input: new Uint8Array(buffer, byteOffset, byteLength),
    maxBuffer: mostOutput,
  });
  const made = status === 0 ? answersIn(stdout, table) : undefined;
  if (made !== undefined) return made;
  const said = stderr?.toString().trim() || signal || error?.message || `status ${status}`;
  throw new MmreplayError("live/failed", `the process that made the calls ended with ${said}`, {
    hint: "look at dmesg and at the limits: ulimit -v, vm.max_map_count, vm.overcommit_memory",
  });
}

/** Make the calls of a program's busiest process on the running kernel. */
export function liveRecording(program: Program): LiveRun {
  const table = liveTable(program);
  const setting = { command: "live", program: program.name, machine: thisMachine } as const;
  return recordingOf(table, makeCalls(table), setting);
}
