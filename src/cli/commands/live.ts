/** `mmreplay live TRACE`: the same calls on the running kernel, and whether its model gives the same answers. */

import type { CommandModule } from "yargs";
import { liveRecording } from "../../live/run.ts";
import type { Program } from "../../resolve/program.ts";
import { type CallsArguments, callsOptions, holdCalls, type Made } from "../made-calls.ts";

function make(program: Program): Made {
  const run = liveRecording(program);
  const each = run.calls === 0 ? 0 : Math.round(run.nanoseconds / run.calls);
  return { run, where: `on the running kernel, ${each} ns each` };
}

export const liveCommand: CommandModule<object, CallsArguments> = {
  command: "live <trace>",
  describe: "make a trace's calls on the running kernel, and hold its model against the answers",
  builder: callsOptions,
  handler: (args) => holdCalls(args, make),
};
