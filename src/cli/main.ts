#!/usr/bin/env node
/** What `mmreplay` on the command line does: parse the arguments, run one command, set the exit code. */

import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { MmreplayError } from "../errors.ts";
import { commands } from "./commands/index.ts";
import { endOnBrokenPipe, printError, stdin } from "./io.ts";

/** Exit codes: 0 fine, 1 bad input or a regression, 2 usage, 3 the model disagrees with the kernel. */
const badInput = 1;
const badUsage = 2;

/** yargs drops a lone dash among positional arguments; the program that `record` runs keeps its own. */
function argumentsOf(argv: readonly string[]): string[] {
  return argv[0] === "record" ? [...argv] : argv.map((word) => (word === "-" ? stdin : word));
}

async function main(): Promise<void> {
  endOnBrokenPipe();
  const parser = yargs(argumentsOf(hideBin(process.argv)))
    .scriptName("mmreplay")
    .usage("$0 COMMAND\n\nReplay recorded mmap workloads under any placement policy.")
    .option("quiet", { alias: "q", type: "boolean", default: false, describe: "no warnings" })
    .option("color", { type: "boolean", default: true, hidden: true })
    .command([...commands])
    .demandCommand(1, "name a command")
    .strict()
    .recommendCommands()
    .completion("completion", "print a completion script for bash or zsh")
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      if (error !== undefined && error !== null) throw error;
      throw new MmreplayError("usage/arguments", message, { hint: "see mmreplay --help" });
    });
  await parser.parseAsync();
}

try {
  await main();
} catch (error) {
  if (!(error instanceof MmreplayError)) throw error;
  process.stderr.write(printError(error));
  process.exitCode = error.code.startsWith("usage/") ? badUsage : badInput;
}
