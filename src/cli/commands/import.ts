/** `mmreplay import REC... [-o F]`: any recording to `.mmtrace`. */

import { basename } from "node:path";
import type { CommandModule } from "yargs";
import { MmreplayError } from "../../errors.ts";
import { type Checking, readChecked } from "../checked.ts";
import { locateTogether, stdout } from "../io.ts";
import { oneProcessOption, strictOption } from "../options.ts";
import { standardOutput } from "../system.ts";
import { writeTrace } from "../trace-file.ts";

interface Arguments extends Checking {
  readonly recording: readonly string[];
  readonly output: string | undefined;
}

/** `out.mmtrace`, or one name per run where there are several; all lie in this folder. */
function names(output: string | undefined, found: readonly string[]): readonly string[] {
  const runs = found.map((run) => run.replace(/^[./]+/, "").replaceAll("/", "-"));
  if (runs.length === 1) return [output ?? `${runs[0]}.mmtrace`];
  if (output === undefined) return runs.map((run) => `${run}.mmtrace`);
  throw new MmreplayError("usage/several-runs", `${runs.length} runs and one output file`, {
    hint: `leave out -o, or name one recording; the runs are ${runs.join(", ")}`,
  });
}

async function run({ recording, output, ...checking }: Arguments): Promise<void> {
  const { readings, close } = await readChecked(locateTogether(recording), checking);
  const traces = readings.map(({ trace }) => trace);
  const files = names(
    output,
    traces.map(({ name }) => name),
  );
  for (const [index, trace] of traces.entries()) {
    const file = files[index] ?? `${trace.name}.mmtrace`;
    const bytes = await writeTrace({ ...trace, name: basename(file, ".mmtrace") }, file);
    if (checking.quiet) continue;
    const place = file === stdout ? standardOutput : file;
    process.stderr.write(`${place}: ${trace.events.length} events, ${bytes} bytes\n`);
  }
  close();
}

export const importCommand: CommandModule<object, Arguments> = {
  command: "import <recording..>",
  describe: "turn recordings into .mmtrace files",
  builder: {
    recording: {
      type: "string",
      array: true,
      demandOption: true,
      describe: "files of one recording, or a folder of one or more; - is stdin",
    },
    output: {
      alias: "o",
      type: "string",
      describe:
        "the .mmtrace file to write (default: named after the recording, in the current folder)",
    },
    strict: strictOption,
    "one-process": oneProcessOption,
  },
  handler: run,
};
