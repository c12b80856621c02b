/** `mmreplay history check STORE`: the last run against an earlier one; exit 1 on a regression. */

import type { CommandModule } from "yargs";
import { checkLast } from "../../../history/check.ts";
import { checkJson, checkText } from "../../../history/print.ts";
import { write } from "../../io.ts";
import { formatOption, outputOption } from "../../options.ts";
import { storeArgument, withRuns } from "../../run-store.ts";

const regression = 1;

interface Arguments {
  readonly store: string;
  readonly since: string | undefined;
  readonly format: "text" | "json";
  readonly output: string | undefined;
  readonly quiet: boolean;
}

async function run({ store: path, since, format, output, quiet }: Arguments): Promise<void> {
  const found = await withRuns(path, quiet, (runs) => checkLast(runs, since));
  write(format === "json" ? checkJson(found) : checkText(found), output);
  if (found.regressions > 0) process.exitCode = regression;
}

export const check: CommandModule<object, Arguments> = {
  command: "check <store>",
  describe: "compare the last run with the one before; exit 1 on a regression",
  builder: {
    store: storeArgument,
    since: { type: "string", describe: "compare with the latest earlier run of this label" },
    format: formatOption,
    output: outputOption,
  },
  handler: run,
};
