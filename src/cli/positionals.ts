/** Which arguments of a command have their place instead of a name: help lists them apart from the options. */

import type { Argv, CommandBuilder, CommandModule, Options } from "yargs";

const isTable = <A>(
  builder: CommandBuilder<object, A> | undefined,
): builder is Record<string, Options> => typeof builder === "object";

/** The command with what stands in `<file>` and `[request]` of its usage as positional arguments. */
export function withPositionals<A>(command: CommandModule<object, A>): CommandModule<object, A> {
  const { builder } = command;
  if (!isTable(builder)) return command;
  const usage = [command.command ?? []].flat().join(" ");
  const names = new Set([...usage.matchAll(/[<[](\w+)/g)].map(([, name = ""]) => name));
  const entries = Object.entries(builder);
  const options = Object.fromEntries(entries.filter(([name]) => !names.has(name)));
  return {
    ...command,
    builder: (args: Argv): Argv<A> => {
      for (const [name, option] of entries) {
        const { demandOption: _, ...rest } = option;
        if (names.has(name)) args.positional(name, rest as Parameters<typeof args.positional>[1]);
      }
      return args.options(options) as Argv<A>;
    },
  };
}
