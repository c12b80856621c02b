/** `mmreplay trace filter TRACE -o OUT`: a trace of some tasks alone. */

import type { CommandModule } from "yargs";
import { MmreplayError } from "../../../errors.ts";
import { plural } from "../../../reports/format.ts";
import { filter } from "../../../trace/filter.ts";
import {
  derivedOption,
  loadOne,
  nameFor,
  refuseInputs,
  writeDerived,
} from "../../derived-trace.ts";
import { traceArgument } from "../../options.ts";
import { makeShelf } from "../../shelf.ts";

interface Arguments {
  readonly trace: string;
  readonly pid: string | undefined;
  readonly program: string | undefined;
  readonly output: string;
  readonly quiet: boolean;
}

/** `12,13` */
function pidsOf(text: string | undefined): ReadonlySet<number> {
  const words = text?.split(",") ?? [];
  const odd = words.find((word) => !/^\d{1,10}$/.test(word));
  if (odd !== undefined)
    throw new MmreplayError("usage/pid", `"${odd}" is no id of a task`, {
      hint: "give whole numbers, separated by commas: --pid 12,13",
    });
  return new Set(words.map(Number));
}

async function run({ trace: path, pid, program, output, quiet }: Arguments): Promise<void> {
  const pids = pidsOf(pid);
  if (pids.size === 0 && program === undefined)
    throw new MmreplayError("usage/filter-what", "name the tasks that are to be kept", {
      hint: "--pid 12,13, or --program NAME",
    });
  refuseInputs(output, [path]);
  const trace = await loadOne(path, quiet);
  const made = filter({ file: path, trace }, { pids, program }, nameFor(output), makeShelf());
  const spaces = plural(made.spaces, "address space");
  const told = `kept: ${spaces}, ${made.trace.events.length} of ${trace.events.length} events`;
  await writeDerived(made.trace, output, [told], quiet);
}

export const filterCommand: CommandModule<object, Arguments> = {
  command: "filter <trace>",
  describe: "write a trace of some tasks alone",
  builder: {
    trace: traceArgument,
    pid: {
      type: "string",
      describe:
        "ids of tasks, separated by commas: their address spaces, with what these are copies of",
    },
    program: {
      type: "string",
      describe: "a program by its path or the last part of that: where it runs, copies included",
    },
    output: derivedOption,
  },
  handler: run,
};
