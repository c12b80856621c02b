/** `mmreplay events FILE`: the canonical events, one JSON object per line. */

import type { CommandModule } from "yargs";
import { MmreplayError } from "../../errors.ts";
import { eventJson } from "../../trace/event-json.ts";
import { write } from "../io.ts";
import { load } from "../load.ts";

interface Arguments {
  readonly file: string;
  readonly quiet: boolean;
  readonly output: string | undefined;
}

async function run({ file, quiet, output }: Arguments): Promise<void> {
  const traces = await load(file, quiet);
  const lines: string[] = [];
  for (const trace of traces)
    for (const event of trace.events)
      for (const object of eventJson(event)) lines.push(JSON.stringify(object));
  if (lines.length === 0)
    throw new MmreplayError("parse/no-memory-calls", "the recording has no memory call", {
      at: { file },
      hint: "record with `mmreplay record -- PROGRAM`",
    });
  write(lines.join("\n"), output);
}

export const events: CommandModule<object, Arguments> = {
  command: "events <file>",
  describe: "print the canonical events of a recording or trace as JSON lines",
  builder: {
    file: {
      type: "string",
      demandOption: true,
      describe: "recording, folder or trace; - is stdin",
    },
    output: { alias: "o", type: "string", describe: "write there instead of standard output" },
  },
  handler: run,
};
