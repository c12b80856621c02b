/** How a command's table of arguments is given to the parser: those that have their place apart from the options. */

import type { Argv, CommandBuilder, CommandModule, Options } from "yargs";

const isTable = <A>(
  builder: CommandBuilder<object, A> | undefined,
): builder is Record<string, Options> => typeof builder === "object";

/** An option that is no switch needs a value: `--jobs` at the end of the line would be dropped in silence. */
const valued = (option: Options): Options => ({
  ...option,
  requiresArg: option.type !== "boolean",
});

/** The command with what stands in `<file>` and `[request]` of its usage as positional arguments. */
export function withPositionals<A>(command: CommandModule<object, A>): CommandModule<object, A> {
  const { builder } = command;
  if (!isTable(builder)) return command;
  const usage = [command.command ?? []].flat().join(" ");
  const names = new Set([...usage.matchAll(/[<[](\w+)/g)].map(([, name = ""]) => name));
  const entries = Object.entries(builder);
  const options = Object.fromEntries(
    entries.filter(([name]) => !names.has(name)).map(([name, option]) => [name, valued(option)]),
  );
  return {
    ...command,
    builder: (args: Argv): Argv<A> => {
      for (const [name, option] of entries) {
        const { demandOption, ...rest } = option;
        // The parser would tell of an empty list as what a required one is by default.
        const told = demandOption ? { default: undefined, ...rest } : rest;
        if (names.has(name)) args.positional(name, told as Parameters<typeof args.positional>[1]);
      }
      return args.options(options) as Argv<A>;
    },
  };
}
