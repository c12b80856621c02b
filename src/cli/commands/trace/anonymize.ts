/** `mmreplay trace anonymize TRACE -o OUT`: a trace that can go out. */

import type { CommandModule } from "yargs";
import { type Anonymized, anonymize } from "../../../trace/anonymize.ts";
import type { Facts, Trace } from "../../../trace/trace.ts";
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
  readonly output: string;
  readonly quiet: boolean;
}

function replaced({ command }: Facts, { names, inodes, timed }: Anonymized): string {
  const told = [
    `${names} names (in paths, of programs, ranges and segments) by pseudonyms`,
    ...(inodes > 0 ? [`${inodes} inodes by numbers`] : []),
    ...(command === undefined ? [] : ["the arguments of the command by ..."]),
    ...(timed ? ["times by seconds since the first"] : []),
  ];
  return `replaced: ${told.join(", ")}`;
}

/** What the sender has to judge. */
function staying(
  { kernel, devices = [] }: Facts,
  { kept, filesystems }: Anonymized,
): readonly string[] {
  const one = (what: string, names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [`${what} ${names.join(", ")}`];
  return [
    ...one("stays: kernel", kernel === undefined ? [] : [kernel]),
    ...one("stays: filesystems", filesystems),
    ...one(
      "stays: PCI devices",
      devices.map(({ address }) => address),
    ),
    ...one("stays: names that the kernel gives:", kept),
    "stays: architecture, settings of memory, addresses, sizes, ids of tasks, numbers of devices (major:minor)",
  ];
}

async function run({ trace: path, output, quiet }: Arguments): Promise<void> {
  refuseInputs(output, [path]);
  const trace: Trace = await loadOne(path, quiet);
  const made = anonymize(trace, nameFor(output), makeShelf());
  const told = [replaced(trace.facts, made), ...staying(trace.facts, made)];
  await writeDerived(made.trace, output, told, quiet);
}

export const anonymizeCommand: CommandModule<object, Arguments> = {
  command: "anonymize <trace>",
  describe: "write a trace with pseudonyms for names, so that it can be sent",
  builder: {
    trace: traceArgument,
    output: derivedOption,
  },
  handler: run,
};
