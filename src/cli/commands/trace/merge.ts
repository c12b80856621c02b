/** `mmreplay trace merge TRACE... -o OUT`: one trace of several that one machine made. */

import type { CommandModule } from "yargs";
import { MmreplayError } from "../../../errors.ts";
import { merge } from "../../../trace/merge.ts";
import type { Part } from "../../../trace/merge-facts.ts";
import {
  derivedOption,
  nameFor,
  refuseInputs,
  refuseTwins,
  writeDerived,
} from "../../derived-trace.ts";
import { load } from "../../load.ts";
import { tracesArgument } from "../../options.ts";
import { makeShelf } from "../../shelf.ts";

interface Arguments {
  readonly trace: readonly string[];
  readonly output: string;
  readonly quiet: boolean;
}

/** What a path holds, each under a name that people know. */
async function partsOf(path: string, quiet: boolean): Promise<readonly Part[]> {
  const traces = await load(path, { quiet });
  return traces.map((trace) => ({ file: traces.length === 1 ? path : trace.name, trace }));
}

async function run({ trace: paths, output, quiet }: Arguments): Promise<void> {
  refuseInputs(output, paths);
  refuseTwins(paths);
  const parts: Part[] = [];
  for (const path of paths) parts.push(...(await partsOf(path, quiet)));
  const [first, second, ...others] = parts;
  if (first === undefined || second === undefined)
    throw new MmreplayError("merge/one-trace", "there is one trace and nothing to merge it with", {
      at: { file: paths[0] ?? "" },
      hint: "name two traces or more, or a folder of several recordings",
    });
  const made = merge([first, second, ...others], nameFor(output), makeShelf());
  await writeDerived(
    made.trace,
    output,
    [`${parts.length} traces, ${made.told[0]}`, ...made.told.slice(1)],
    quiet,
  );
}

export const mergeCommand: CommandModule<object, Arguments> = {
  command: "merge <trace..>",
  describe: "write one trace of several that one machine and kernel made",
  builder: {
    trace: tracesArgument,
    output: derivedOption,
  },
  handler: run,
};
