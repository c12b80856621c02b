#!/usr/bin/env node
/** What `mmreplay` on the command line does: parse the arguments, run one command, set the exit code. */

import { existsSync } from "node:fs";
import { dirname } from "node:path";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { MmreplayError } from "../errors.ts";
import { commands } from "./commands/index.ts";
import { completions } from "./completions.ts";
import { endOnBrokenPipe, printError, stdin, stdout } from "./io.ts";
import { withPositionals } from "./positionals.ts";
import { shellWord } from "./shell-word.ts";
import { unreadable } from "./system.ts";
import { usageError } from "./usage.ts";
import { version } from "./version.ts";

const exitCodes =
  "Exit codes: 0 fine, 1 bad input or a regression, 2 usage, 3 the model disagrees with the kernel.";
const badInput = 1;
const badUsage = 2;

/**
 * yargs drops a lone dash among positional arguments, and what follows `--` is none for it; behind `-o` a dash is standard
 * output. The program that `record` runs keeps its own.
 */
function argumentsOf(argv: readonly string[]): string[] {
  if (argv[0] === "record") return [...argv];
  const end = argv.indexOf("--");
  const words = end < 0 ? argv : argv.slice(0, end);
  const names = end < 0 ? [] : argv.slice(end + 1);
  const stream = (at: number): string =>
    /^(?:-o|--output)$/.test(words[at - 1] ?? "") ? stdout : stdin;
  return [
    ...words.map((word, at) => (word === "-" ? stream(at) : word)),
    ...names.map((name) => (/^-./.test(name) ? `./${name}` : name)),
  ];
}

/** Arguments that are lists by nature. */
const lists: ReadonlySet<string> = new Set(["_", "--", "command", "recording", "trace"]);

/** Of an option that stands there twice, one would be lost. */
function checkOnce(args: Readonly<Record<string, unknown>>): true {
  const [twice] = Object.keys(args)
    .filter((name) => Array.isArray(args[name]) && !lists.has(name))
    .toSorted((a, b) => b.length - a.length);
  if (twice === undefined) return true;
  throw new MmreplayError("usage/given-twice", `--${twice} is given more than once`, {
    hint: "give it once; several policies, metrics or CPUs are separated by commas",
  });
}

/** Before hours of work, and not after them. */
function checkOutput({ output }: Readonly<Record<string, unknown>>): true {
  if (typeof output !== "string" || existsSync(dirname(output))) return true;
  throw new MmreplayError("io/unwritable", "cannot be written: its folder does not exist", {
    at: { file: output },
    hint: `make the folder: mkdir -p ${shellWord(dirname(output))}`,
  });
}

async function main(): Promise<void> {
  endOnBrokenPipe();
  const words = argumentsOf(hideBin(process.argv));
  const parser = yargs(words)
    .scriptName("mmreplay")
    .version(version)
    .alias("help", "h")
    .usage("$0 COMMAND\n\nReplay recorded mmap workloads under any placement policy.")
    .option("quiet", {
      alias: "q",
      type: "boolean",
      default: false,
      describe: "no warnings, no summary",
    })
    .option("color", { type: "boolean", default: true, hidden: true })
    .parserConfiguration({ "populate--": true, "parse-positional-numbers": false })
    .command(commands.map(withPositionals))
    .demandCommand(1, "name a command")
    .strict()
    .strictCommands()
    .check(checkOnce)
    .check(checkOutput)
    .completion("completion", "print a completion script for bash or zsh", completions)
    .epilogue(exitCodes)
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      // A missing value comes as an error of the parser's own.
      if (error instanceof Error && error.name !== "YError") throw error;
      throw usageError(message, words);
    });
  await parser.parseAsync();
}

try {
  await main();
} catch (error) {
  const told = error instanceof MmreplayError ? error : unreadable(error);
  if (told === undefined) throw error;
  process.stderr.write(printError(told));
  process.exitCode = told.code.startsWith("usage/") ? badUsage : badInput;
}
