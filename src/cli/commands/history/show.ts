/** `mmreplay history show STORE`: when which number changed. */

import type { CommandModule } from "yargs";
import { historyFormats } from "../../../history/print.ts";
import { historyOf, type Wanted } from "../../../history/series.ts";
import { writeLines } from "../../io.ts";
import { outputOption } from "../../options.ts";
import { storeArgument, withRuns } from "../../run-store.ts";

interface Arguments extends Wanted {
  readonly store: string;
  readonly format: keyof typeof historyFormats;
  readonly output: string | undefined;
  readonly quiet: boolean;
}

async function run({ store: path, format, output, quiet, ...rest }: Arguments): Promise<void> {
  const wanted = { trace: rest.trace, policy: rest.policy, metric: rest.metric };
  const history = await withRuns(path, quiet, (runs) => historyOf(runs, wanted));
  const isNamed = Object.values(wanted).some((name) => name !== undefined);
  await writeLines(historyFormats[format](history, isNamed), output);
}

export const show: CommandModule<object, Arguments> = {
  command: "show <store>",
  describe: "print when which number changed",
  builder: {
    store: storeArgument,
    trace: { type: "string", describe: "only this trace" },
    policy: { type: "string", describe: "only this policy, with its parameters" },
    metric: { type: "string", describe: "only this metric or counter" },
    format: {
      choices: Object.keys(historyFormats),
      default: "text",
      describe: "for people, for scripts, or for an issue",
    },
    output: outputOption,
  },
  handler: run,
};
