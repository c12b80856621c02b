/** `mmreplay events FILE`: the canonical events, one JSON object per line. */

import type { CommandModule } from "yargs";
import { MmreplayError } from "../../errors.ts";
import type { Reading } from "../../formats/bundle.ts";
import { eventJson, jsonLine } from "../../trace/event-json.ts";
import { type Checking, readChecked } from "../checked.ts";
import { locate, writeLines } from "../io.ts";
import { oneProcessOption, outputOption, strictOption } from "../options.ts";

interface Arguments extends Checking {
  readonly file: string;
  readonly output: string | undefined;
}

async function run({ file, output, ...checking }: Arguments): Promise<void> {
  const located = locate(file);
  const { readings, close } = await readChecked(located, checking);
  if (!readings.some(({ trace }) => trace.events.length > 0))
    throw new MmreplayError("parse/no-memory-calls", "the recording has no memory call", {
      at: { file },
      hint: "record with `mmreplay record -- PROGRAM`",
    });
  await writeLines(linesOf(readings), output);
  close();
}

function* linesOf(readings: readonly Reading[]): Generator<string> {
  for (const { trace } of readings)
    for (const event of trace.events) for (const object of eventJson(event)) yield jsonLine(object);
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
    output: outputOption,
    strict: strictOption,
    "one-process": oneProcessOption,
  },
  handler: run,
};
