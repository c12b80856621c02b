/** `mmreplay record`: runs a program, or watches one, and ends with a `.mmtrace`. */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CommandModule } from "yargs";
import { Diagnostics, MmreplayError } from "../../errors.ts";
import { bundle } from "../../formats/bundle.ts";
import { nameOf, record as recordInto } from "../../record/record.ts";
import type { Exit } from "../../record/run.ts";
import type { RecorderName, Target } from "../../record/types.ts";
import { proven } from "../../trace/infer.ts";
import type { Trace } from "../../trace/trace.ts";
import { locate, printWarnings } from "../io.ts";
import { writeTrace } from "../trace-file.ts";
import { checkWhole } from "../whole-number.ts";

interface Arguments {
  readonly command: readonly string[] | undefined;
  /** What follows `--`, untouched. */
  readonly "--": readonly string[] | undefined;
  readonly pid: number | undefined;
  readonly with: RecorderName;
  readonly faults: boolean;
  readonly output: string | undefined;
  readonly quiet: boolean;
}

function targetOf(args: Arguments): Target {
  const { command = [], "--": rest = [], pid, faults } = args;
  if (faults && args.with !== "perf")
    throw new MmreplayError("usage/faults", "strace sees no page faults", {
      hint: "record with perf: mmreplay record --with perf --faults -- PROGRAM",
    });
  const [program, ...more] = [...command, ...rest];
  if (program !== undefined && pid === undefined)
    return { kind: "start", command: [program, ...more], faults };
  if (program !== undefined || pid === undefined)
    throw new MmreplayError("usage/record-what", "name a program or a pid, one of the two", {
      hint: "mmreplay record -- PROGRAM ARGUMENTS, or mmreplay record -p PID",
    });
  const hint = "mmreplay record -p $(pgrep -o NAME)";
  checkWhole("pid", pid, { what: "the number of a process", least: 1, hint });
  return { kind: "attach", pid, faults };
}

/** How the program ended, in words; undefined if well. */
function ending({ code, signal }: Exit): string | undefined {
  if (signal !== null) return `was ended by ${signal}`;
  return code === 0 ? undefined : `exited with ${code}`;
}

/** The exit code that a shell shows for it. */
function exitCode({ code, signal }: Exit): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** The folder as a trace; what an importer advises about recordings is no help to who has just recorded. */
async function traceOf(
  folder: string,
  name: string,
  target: Target,
  diagnostics: Diagnostics,
): Promise<Trace> {
  const options = target.kind === "attach" ? { leader: target.pid } : {};
  try {
    const [trace] = await bundle(locate(folder), diagnostics, options);
    if (trace !== undefined) return proven(trace);
  } catch (error) {
    if (!(error instanceof MmreplayError) || error.code !== "parse/no-memory-calls") throw error;
  }
  throw new MmreplayError("record/no-memory-calls", `${name} made no memory call meanwhile`, {
    hint: "watch it for longer, or start it: mmreplay record -- PROGRAM",
  });
}

async function write(trace: Trace, output: string, quiet: boolean): Promise<void> {
  const bytes = await writeTrace(trace, output);
  if (quiet) return;
  process.stderr.write(`${output}: ${trace.events.length} events, ${bytes} bytes\n`);
}

/** True where the recorder has written something that somebody may still make use of. */
function isWorthKeeping(error: unknown): boolean {
  const code = error instanceof MmreplayError ? error.code : "";
  return !code.startsWith("record/") || code === "record/no-text";
}

async function run(args: Arguments): Promise<void> {
  const target = targetOf(args);
  const name = nameOf(target);
  const folder = join(mkdtempSync(join(tmpdir(), "mmreplay-record-")), name);
  mkdirSync(folder);
  let kept = false;
  try {
    const diagnostics = new Diagnostics();
    const { exit, hasMaps } = await recordInto({ target, recorder: args.with, folder });
    const how = ending(exit);
    if (target.kind === "start") {
      if (how !== undefined) process.stderr.write(`${name} ${how}\n`);
      process.exitCode = exitCode(exit);
    }
    if (!hasMaps) diagnostics.warn("record/no-maps", "the program ended before its maps were read");
    const trace = await traceOf(folder, name, target, diagnostics);
    printWarnings(diagnostics, name, args.quiet);
    await write(trace, args.output ?? `${name}.mmtrace`, args.quiet);
  } catch (error) {
    kept = isWorthKeeping(error);
    if (kept) process.stderr.write(`what was recorded is kept in ${folder}\n`);
    throw error;
  } finally {
    if (!kept) rmSync(dirname(folder), { recursive: true, force: true });
  }
}

export const record: CommandModule<object, Arguments> = {
  command: "record [command..]",
  describe: "run a program, or watch a running one, and write a .mmtrace",
  builder: {
    command: {
      type: "string",
      array: true,
      describe: "the program and its arguments, best after --",
    },
    pid: { alias: "p", type: "number", describe: "watch this process until it ends, or Ctrl-C" },
    with: {
      choices: ["strace", "perf"] as const,
      default: "strace" as const,
      describe: "perf slows a program less and records each search, but needs root",
    },
    faults: {
      type: "boolean",
      default: false,
      describe:
        "page faults too, for replay --populate touched; the recording grows many times (perf)",
    },
    output: {
      alias: "o",
      type: "string",
      describe: "the .mmtrace file to write (default: named after the program)",
    },
  },
  handler: run,
};
