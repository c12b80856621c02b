/** `mmreplay replay TRACE...`: the main job, one report over traces and policies. */

import type { CommandModule } from "yargs";
import { archs, parseArch } from "../../arch/index.ts";
import { MmreplayError } from "../../errors.ts";
import { metrics } from "../../metrics/index.ts";
import { mostPoints } from "../../metrics/over-time.ts";
import { reports } from "../../reports/index.ts";
import { makeReport, type Setup } from "../../reports/report.ts";
import type { IdiomMode } from "../../resolve/idioms/types.ts";
import type { Population } from "../../space/population.ts";
import { cpus } from "../../tlb/index.ts";
import type { Cpu } from "../../tlb/types.ts";
import { parseU64 } from "../../units.ts";
import { locate, stdin, write } from "../io.ts";
import { outputOption, strictOption, tracesArgument } from "../options.ts";
import { loadPolicies } from "../policies.ts";
import type { ReplayedTrace } from "../policy-runs.ts";
import type { TaskResult } from "../replay-task.ts";
import { shellWord } from "../shell-word.ts";
import { idiomModes, type Task } from "../task.ts";
import { results, threadsFor } from "../threads.ts";
import { version } from "../version.ts";
import { checkWhole } from "../whole-number.ts";

interface Arguments {
  readonly trace: readonly string[];
  readonly policy: string | undefined;
  readonly arch: string | undefined;
  readonly format: string;
  readonly jobs: number | undefined;
  readonly latency: boolean;
  readonly idioms: IdiomMode;
  readonly populate: Population["mode"];
  readonly folioOrder: number | undefined;
  readonly pfn: string | undefined;
  readonly tlb: string | undefined;
  readonly metrics: string | undefined;
  readonly points: number | undefined;
  readonly output: string | undefined;
  readonly quiet: boolean;
  readonly strict: boolean;
}

/** The sides of the June 2026 discussion, after what the kernel does today. */
const discussed = "linux-7.3,vfio-thp,core-align,start-pfn";

/** How the report names the command, to be pasted: without what its result does not depend on. */
function commandOf(argv: readonly string[]): string {
  const words = argv.filter(
    (word, at) => !/^--jobs(?:=|$)/.test(word) && argv[at - 1] !== "--jobs",
  );
  return ["mmreplay", ...words].map(shellWord).join(" ");
}

function taskOf(args: Arguments, path: string, policies: string): Task {
  return {
    path,
    policies,
    arch: args.arch,
    latency: args.latency,
    idioms: args.idioms,
    population: populationOf(args),
    pfn: pfnOf(args.pfn),
    cpus: namesOf(args.tlb).map((id) => cpus.get(id).id),
    metrics: chosenMetrics(args),
    points: pointsOf(args),
    strict: args.strict,
  };
}

const namesOf = (list: string | undefined): readonly string[] =>
  list === undefined ? [] : list.split(",").map((name) => name.trim());

/** MAX_PAGECACHE_ORDER is 11 at most. */
const largestOrder = 11;

function populationOf({ populate, folioOrder }: Arguments): Population {
  if (folioOrder === undefined) return { mode: populate };
  checkWhole("folio-order", folioOrder, {
    what: "log2 of the pages of a folio",
    ...{ least: 0, most: largestOrder },
    hint: "folios of 2 MiB of 4 KiB pages: --folio-order 9",
  });
  return { mode: populate, folioOrder };
}

function pfnOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const pfn = parseU64(text);
  if (typeof pfn !== "number" || pfn >= 2 ** 40)
    throw new MmreplayError("usage/pfn", `--pfn is a page frame number, not "${text}"`, {
      hint: "give the address divided by the page size: --pfn 0xc080000",
    });
  return pfn;
}

/** Those that cost less than the replay, and what --tlb asks for; `all` are all. */
function chosenMetrics({ metrics: named, tlb }: Arguments): readonly string[] {
  if (named === "all") return metrics.ids;
  if (named !== undefined) return namesOf(named).map((id) => metrics.get(id).id);
  return metrics.all
    .filter(({ id, costly }) => costly !== true && (id !== "tlb-misses" || tlb !== undefined))
    .map(({ id }) => id);
}

function pointsOf({ points, format }: Arguments): number {
  if (points === undefined) return format === "json" ? defaultPoints : 0;
  const hint = `give a whole number: --points ${defaultPoints}`;
  checkWhole("points", points, { what: "a number of moments", least: 0, most: mostPoints, hint });
  return points;
}

/** Moments of a JSON report: enough for a curve on a screen. */
const defaultPoints = 200;

function jobsOf({ jobs, latency, trace }: Arguments, policies: number): number {
  if (jobs === undefined) return latency ? 1 : threadsFor(trace, policies);
  const hint = "give a whole number above 0, or leave out --jobs";
  checkWhole("jobs", jobs, { what: "a number of threads", least: 1, hint });
  if (latency && jobs > 1)
    throw new MmreplayError("usage/jobs", "--latency has no meaning beside other threads", {
      hint: "leave out --jobs or --latency",
    });
  // Standard input belongs to the first thread.
  return trace.includes(stdin) ? 1 : jobs;
}

/** One path's traces; throws what its task refused. */
function taken(
  { warnings, refused, traces }: TaskResult,
  quiet: boolean,
): readonly ReplayedTrace[] {
  if (!quiet) process.stderr.write(warnings);
  if (refused === undefined) return traces;
  const { code, message, at, hint } = refused;
  throw new MmreplayError(code, message, { at, ...(hint !== undefined && { hint }) });
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

const tlbSetup = ({ id, title, source, assumed }: Cpu) => ({ id, title, source, assumed });

async function run(args: Arguments): Promise<void> {
  const named = args.policy ?? discussed;
  const policies = await loadPolicies(named);
  for (const path of args.trace) locate(path);
  const threads = jobsOf(args, policies.length);
  if (args.arch !== undefined) parseArch(args.arch);
  const tasks = args.trace.map((path) => taskOf(args, path, named));
  const read: ReplayedTrace[] = [];
  for await (const one of results(tasks, policies.length, threads))
    read.push(...taken(one, args.quiet));
  const replayed = distinct(read);
  const setup: Setup = {
    version,
    command: commandOf(process.argv.slice(2)),
    traces: replayed.map((one) => one.setup),
    policies: policies.map(({ id, summary, kernel, source }) => ({ id, summary, kernel, source })),
    baseline: policies[0]?.id ?? "",
    metrics: chosenMetrics(args)
      .map((id) => metrics.get(id))
      .map(({ id, title, unit, better }) => ({ id, title, unit, better })),
    population: args.populate,
    ...(args.folioOrder !== undefined && { folioOrder: args.folioOrder }),
    ...(args.pfn !== undefined && { pfn: args.pfn }),
    ...(args.tlb !== undefined && { tlbs: namesOf(args.tlb).map((id) => tlbSetup(cpus.get(id))) }),
    idioms: args.idioms,
  };
  const runs = replayed.flatMap((one) => one.runs);
  write(reports.get(args.format).render(makeReport(setup, runs)), args.output);
}

export const replayCommand: CommandModule<object, Arguments> = {
  command: "replay <trace..>",
  describe: "replay traces under policies and report what each costs",
  builder: {
    trace: tracesArgument,
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
    populate: {
      choices: ["full", "touched", "none"] as const,
      default: "full" as const,
      describe: "pages that count: all accessible ones, those with a page fault, or none",
    },
    "folio-order": {
      type: "number",
      describe: "largest folio of the page cache, log2 of its pages (default: the filesystem's)",
    },
    pfn: {
      type: "string",
      describe: "page frame number at which every BAR begins (default: as recorded)",
    },
    tlb: {
      type: "string",
      describe: `CPUs whose TLBs are simulated, separated by commas: ${cpus.ids.join(", ")}`,
    },
    metrics: {
      type: "string",
      describe: "metrics separated by commas, or all (default: those that cost no time)",
    },
    points: {
      type: "number",
      describe: `moments at which values are kept, at most ${mostPoints} (default: ${defaultPoints} in JSON)`,
    },
    latency: {
      type: "boolean",
      default: false,
      describe: "also time the placements on this machine; never compared",
    },
    jobs: {
      type: "number",
      describe:
        "threads that replay at the same time (default: as many as pay off); the report is the same",
    },
    strict: strictOption,
    format: { choices: reports.ids, default: "text", describe: "as `mmreplay list reports` says" },
    output: outputOption,
  },
  handler: run,
};
