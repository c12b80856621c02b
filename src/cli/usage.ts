/** What is told to whoever gives a command line that the parser does not understand. */

import { MmreplayError } from "../errors.ts";
import { nearest } from "../registry.ts";
import { commands } from "./commands/index.ts";

type Command = (typeof commands)[number];

/** `replay <trace..>` */
const usageOf = ({ command }: Command): string => [command ?? []].flat().join(" ");

const optionsOf = ({ builder }: Command): readonly string[] =>
  typeof builder === "object" ? Object.keys(builder) : [];

/** The remedy for what yargs says is missing or unknown. */
function hintOf(message: string, command: Command | undefined): string {
  if (command === undefined) return "see mmreplay --help";
  const usage = usageOf(command);
  const [name] = usage.split(" ");
  const [, stranger = ""] = /^Unknown arguments?: ([\w-]+)/.exec(message) ?? [];
  const near = nearest(stranger, [...optionsOf(command), "quiet", "help"]);
  if (near.length > 0) return `did you mean --${near.join(" or --")}`;
  const missing = message.startsWith("Not enough non-option arguments");
  return `${missing ? `mmreplay ${usage}; ` : ""}see mmreplay ${name} --help`;
}

/** The error for what yargs says about the words of the command line. */
export function usageError(message: string, words: readonly string[]): MmreplayError {
  const [first] = words.filter((word) => !word.startsWith("-"));
  const command = commands.find((one) => usageOf(one).split(" ")[0] === first);
  const plain = message.replace(/^Not enough non-option arguments:.*/, "something is missing");
  return new MmreplayError("usage/arguments", plain, { hint: hintOf(message, command) });
}
