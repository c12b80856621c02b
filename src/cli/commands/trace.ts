/** `mmreplay trace info|anonymize|filter|merge`: which tools for traces there are. */

import type { CommandModule } from "yargs";
import { withPositionals } from "../positionals.ts";
import { anonymizeCommand } from "./trace/anonymize.ts";
import { filterCommand } from "./trace/filter.ts";
import { info } from "./trace/info.ts";

export const traceCommand: CommandModule = {
  command: "trace",
  describe: "look into traces, and make new ones of them",
  builder: (args) =>
    args
      .command(withPositionals(info))
      .command(withPositionals(anonymizeCommand))
      .command(withPositionals(filterCommand))
      .demandCommand(1, "name what to do: info, anonymize, filter"),
  handler: () => undefined,
};
