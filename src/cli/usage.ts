/** What is told to whoever gives a command line that the parser does not understand. */

import { MmreplayError } from "../errors.ts";
import { nearest } from "../registry.ts";
import { commands } from "./commands/index.ts";
import { type Command, commandName, partsOf } from "./group.ts";

/** A command with the words that lead to it: `trace info`. */
interface Found {
  readonly words: string;
  readonly command: Command;
}

/** The command that the words name, of commands inside others the inner one. */
function commandOf([first, second]: readonly string[]): Found | undefined {
  const command = commands.find((one) => commandName(one) === first);
  if (command === undefined) return undefined;
  const part = partsOf(command).find((one) => commandName(one) === second);
  if (part === undefined) return { words: commandName(command), command };
  return { words: `${commandName(command)} ${commandName(part)}`, command: part };
}

/** `<trace..>` */
const argumentsOf = ({ command }: Command): string =>
  [command ?? []].flat().join(" ").replace(/^\S+/, "");

const optionsOf = ({ builder }: Command): readonly string[] =>
  typeof builder === "object" ? Object.keys(builder) : [];

/** The remedy for what yargs says is missing or unknown. */
function hintOf(message: string, found: Found | undefined): string {
  const [, unknown = ""] = /^Unknown command: (\S+)/.exec(message) ?? [];
  const known = found === undefined ? commands : partsOf(found.command);
  const like = nearest(unknown, known.map(commandName));
  if (like.length > 0) return `did you mean ${like.join(" or ")}`;
  if (found === undefined) return "see mmreplay --help";
  const { words, command } = found;
  const [, stranger = ""] = /^Unknown arguments?: ([\w-]+)/.exec(message) ?? [];
  const near = nearest(stranger, [...optionsOf(command), "quiet", "help"]);
  if (near.length > 0) return `did you mean --${near.join(" or --")}`;
  const missing = message.startsWith("Not enough non-option arguments");
  return `${missing ? `mmreplay ${words}${argumentsOf(command)}; ` : ""}see mmreplay ${words} --help`;
}

/** The error for what yargs says about the words of the command line. */
export function usageError(message: string, words: readonly string[]): MmreplayError {
  const found = commandOf(words.filter((word) => !word.startsWith("-")));
  const plain = message.replace(/^Not enough non-option arguments:.*/, "something is missing");
  return new MmreplayError("usage/arguments", plain, { hint: hintOf(message, found) });
}
