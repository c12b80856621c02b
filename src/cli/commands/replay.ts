/** `mmreplay replay TRACE...`: the main job, one report over traces and policies. */

import type { CommandModule } from "yargs";
import { archs, parseArch } from "../../arch/index.ts";
import { MmreplayError } from "../../errors.ts";
import { metrics } from "../../metrics/index.ts";
import { reports } from "../../reports/index.ts";
import { makeReport, type Setup } from "../../reports/report.ts";
import type { IdiomMode } from "../../resolve/idioms/types.ts";
import { locate, stdin, write } from "../io.ts";
import { loadPolicies } from "../policies.ts";
import {
  idiomModes,
  type ReplayedTrace,
  runTask,
  type Task,
  type TaskResult,
} from "../replay-task.ts";
import { version } from "../version.ts";

interface Arguments {
  readonly trace: readonly string[];
  readonly policy: string | undefined;
  readonly arch: string | undefined;
  readonly format: string;
  readonly jobs: number;
  readonly latency: boolean;
  readonly idioms: IdiomMode;
  readonly output: string | undefined;
  readonly quiet: boolean;
}

/** The sides of the June 2026 discussion, after what the kernel does today. */
const discussed = "linux-7.3,vfio-thp,core-align,start-pfn";

/** How the report names the command: without what its result does not depend on. */
function commandOf(argv: readonly string[]): string {
  const words = argv.filter(
    (word, at) => !/^--jobs(?:=|$)/.test(word) && argv[at - 1] !== "--jobs",
  );
  return ["mmreplay", ...words].join(" ");
}

/** A thread per trace while there are enough of them, else per policy, which reads the trace again. */
function tasksOf(args: Arguments, policies: string, count: number): (readonly Task[])[] {
  const every = Array.from({ length: count }, (_, index) => index);
  const together = args.trace.length >= args.jobs;
  return args.trace.map((path) =>
    (together ? [every] : every.map((index) => [index])).map((chosen) => ({
      path,
      policies,
      chosen,
      arch: args.arch,
      latency: args.latency,
      idioms: args.idioms,
    })),
  );
}

function threadsOf({ jobs, latency, trace }: Arguments): number {
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new MmreplayError("usage/jobs", `--jobs is a number of threads, not "${jobs}"`);
  if (latency && jobs > 1)
    throw new MmreplayError("usage/jobs", "--latency has no meaning beside other threads", {
      hint: "leave out --jobs or --latency",
    });
  // Standard input belongs to the first thread.
  return trace.includes(stdin) ? 1 : jobs;
}

/** The results by path and task, each as soon as those before it are there. */
async function* results(
  tasks: readonly (readonly Task[])[],
  threads: number,
): AsyncGenerator<readonly TaskResult[]> {
  if (threads === 1) {
    for (const [task] of tasks) if (task !== undefined) yield [await runTask(task)];
    return;
  }
  const { Piscina } = await import("piscina");
  const own = import.meta.url;
  const pool = new Piscina<Task, TaskResult>({
    filename: new URL(`../replay-task${own.slice(own.lastIndexOf("."))}`, own).href,
    name: runTask.name,
    minThreads: 1,
    maxThreads: threads,
  });
  try {
    const running = tasks.map((of) => Promise.all(of.map((task) => pool.run(task))));
    for (const one of running) one.catch(() => undefined);
    for (const one of running) yield await one;
  } finally {
    await pool.destroy();
  }
}

/** One path's traces with the runs of all its tasks; throws what the first of them refused. */
function joined(parts: readonly TaskResult[], quiet: boolean): ReplayedTrace[] {
  const [first] = parts;
  if (first === undefined) return [];
  if (!quiet) process.stderr.write(first.warnings);
  const refused = parts.find((part) => part.refused !== undefined)?.refused;
  if (refused !== undefined) {
    const { code, message, at, hint } = refused;
    throw new MmreplayError(code, message, { at, ...(hint !== undefined && { hint }) });
  }
  return first.traces.map(({ setup }, index) => ({
    setup,
    runs: parts.flatMap((part) => part.traces[index]?.runs ?? []),
  }));
}

/** Traces of the same name with a number, since a report tells traces apart by their names. */
function distinct(replayed: readonly ReplayedTrace[]): readonly ReplayedTrace[] {
  const counts = new Map<string, number>();
  return replayed.map(({ setup, runs }) => {
    const count = (counts.get(setup.name) ?? 0) + 1;
    counts.set(setup.name, count);
    const name = count === 1 ? setup.name : `${setup.name} (${count})`;
    return { setup: { ...setup, name }, runs: runs.map((one) => ({ ...one, trace: name })) };
  });
}

async function run(args: Arguments): Promise<void> {
  const named = args.policy ?? discussed;
  const policies = await loadPolicies(named);
  const threads = threadsOf(args);
  for (const path of args.trace) locate(path);
  if (args.arch !== undefined) parseArch(args.arch);
  const tasks = tasksOf({ ...args, jobs: threads }, named, policies.length);
  const read: ReplayedTrace[] = [];
  for await (const parts of results(tasks, threads)) read.push(...joined(parts, args.quiet));
  const replayed = distinct(read);
  const setup: Setup = {
    version,
    command: commandOf(process.argv.slice(2)),
    traces: replayed.map((one) => one.setup),
    policies: policies.map(({ id, summary, kernel, source }) => ({ id, summary, kernel, source })),
    baseline: policies[0]?.id ?? "",
    metrics: metrics.all.map(({ id, title, unit, better }) => ({ id, title, unit, better })),
    population: "full",
    idioms: args.idioms,
  };
  const runs = replayed.flatMap((one) => one.runs);
  write(reports.get(args.format).render(makeReport(setup, runs)), args.output);
}

export const replayCommand: CommandModule<object, Arguments> = {
  command: "replay <trace..>",
  describe: "replay traces under policies and report what each costs",
  builder: {
    trace: { type: "string", array: true, demandOption: true },
    policy: {
      type: "string",
      describe: `policies or files of policies (./mine.mjs), separated by commas, the first is the baseline (default ${discussed})`,
    },
    arch: {
      type: "string",
      describe: `default: the one of the recording; page sizes are converted. One of ${archs.ids.join(", ")}, and which leaf sizes Linux uses for what: arm64-4k:contpte=on,contpmd=pfnmap`,
    },
    idioms: {
      choices: idiomModes,
      default: "redo" as const,
      describe: "alignment by hand: the recorded calls, done anew for the new address, or left out",
    },
    latency: {
      type: "boolean",
      default: false,
      describe: "also time the placements on this machine; never compared",
    },
    jobs: {
      type: "number",
      default: 1,
      describe: "threads that replay at the same time; the report is the same",
    },
    format: { choices: reports.ids, default: "text" },
    output: { alias: "o", type: "string", describe: "write there instead of standard output" },
  },
  handler: run,
};
