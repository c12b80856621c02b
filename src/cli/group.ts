/** How a command that has commands of its own is given to the parser. */

import type { CommandModule } from "yargs";
import { withPositionals } from "./positionals.ts";

// biome-ignore lint/suspicious/noExplicitAny: yargs types a list of commands by its own widest argument type.
export type Command = CommandModule<any, any>;

export type Group = Command & { readonly parts: readonly Command[] };

/** The commands inside a command; none in most. */
export const partsOf = (command: Command): readonly Command[] =>
  "parts" in command ? (command as Group).parts : [];

/** The name of a command: the first word of its usage. */
export const commandName = ({ command }: Command): string =>
  [command ?? []].flat().join(" ").split(" ")[0] ?? "";

/** A command that does nothing but have others. */
export function group(command: string, describe: string, parts: readonly Command[]): Group {
  const names = parts.map(commandName).join(", ");
  return {
    command,
    describe,
    parts,
    builder: (args) =>
      args.command(parts.map(withPositionals)).demandCommand(1, `name what to do: ${names}`),
    handler: () => undefined,
  };
}
