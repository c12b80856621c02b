/** `mmreplay replay TRACE...`: the main job, one report over traces and policies. */

import type { CommandModule } from "yargs";
import { archs } from "../../arch/index.ts";
import type { Arch } from "../../arch/types.ts";
import { Diagnostics, MmreplayError } from "../../errors.ts";
import { measure as measureLatency } from "../../latency/measure.ts";
import { deviceMappings } from "../../metrics/device-mappings.ts";
import { measure, metrics } from "../../metrics/index.ts";
import type { MetricValue } from "../../metrics/types.ts";
import { archFor, policyFor, resolveTrace } from "../../pipeline.ts";
import { placeOnly } from "../../place/place.ts";
import { plan } from "../../place/plan.ts";
import type { Policy } from "../../policies/types.ts";
import { rebuild, replay } from "../../replay.ts";
import { reports } from "../../reports/index.ts";
import { makeReport, type Run, type Setup, type TraceSetup } from "../../reports/report.ts";
import type { Program } from "../../resolve/program.ts";
import type { Touch } from "../../space/rules.ts";
import type { Trace } from "../../trace/trace.ts";
import { printWarnings, write } from "../io.ts";
import { loadAll } from "../load.ts";
import { loadPolicies } from "../policies.ts";
import { version } from "../version.ts";

interface Arguments {
  readonly trace: readonly string[];
  readonly policy: string | undefined;
  readonly arch: string | undefined;
  readonly format: string;
  readonly latency: boolean;
  readonly output: string | undefined;
  readonly quiet: boolean;
}

/** The sides of the June 2026 discussion, after what the kernel does today. */
const discussed = "linux-7.3,vfio-thp,core-align,start-pfn";

function archOf(trace: Trace, asked: string | undefined): Arch {
  const own = archFor(trace.facts);
  const arch = asked === undefined ? own : archs.get(asked);
  if (arch.pageBytes === trace.facts.pageSize) return arch;
  throw new MmreplayError(
    "usage/page-size",
    `${trace.name} was recorded with pages of ${trace.facts.pageSize} bytes, ${arch.id} has ${arch.pageBytes}`,
    { hint: `use --arch ${own.id}, or another with that page size` },
  );
}

function setupOf(trace: Trace, program: Program, arch: Arch): TraceSetup {
  const { kernel, pageSize, recorder, command, thpEnabled, shmemEnabled, inferred } = trace.facts;
  return {
    name: trace.name,
    ...(kernel !== undefined && { kernel }),
    arch: arch.id,
    pageSize,
    recorder,
    ...(command !== undefined && { command }),
    processes: program.spaces.length,
    ...(thpEnabled !== undefined && { thpEnabled }),
    ...(shmemEnabled !== undefined && { shmemEnabled }),
    inferred,
  };
}

/** Milliseconds that one latency measurement takes at least. */
const latencyTime = 200;

function latencyOf(trace: Trace, program: Program, arch: Arch, policy: Policy): MetricValue {
  const compiled = plan(program, policy, arch, trace.facts, { forced: false });
  const latency = measureLatency(placeOnly(compiled), { time: latencyTime });
  if (latency.state === "not-measured") return { value: null, unit: "ns", reason: latency.reason };
  const { p50, p90, p99, max, runs, warnings } = latency;
  const doubt = warnings.length === 0 ? {} : { reason: warnings.join("; ") };
  return { value: p50, unit: "ns", more: { p90, p99, max, runs }, ...doubt };
}

function runOf(trace: Trace, program: Program, arch: Arch, policy: Policy, touch: Touch): Run {
  const { replay: finished, counters, applied } = replay(program, trace.facts, arch, policy, touch);
  return {
    trace: trace.name,
    policy: policy.id,
    arch: arch.id,
    metrics: measure(finished),
    counters: { ...counters, clobbered: applied.clobbered },
    ...(applied.refused !== null && {
      refused: { line: applied.refused.line, count: applied.refused.count },
    }),
    mappings: deviceMappings(finished),
  };
}

async function run(args: Arguments): Promise<void> {
  const policies = await loadPolicies(args.policy ?? discussed);
  const traces: TraceSetup[] = [];
  const runs: Run[] = [];
  for (const trace of await loadAll(args.trace, args.quiet)) {
    const arch = archOf(trace, args.arch);
    const diagnostics = new Diagnostics();
    const recorded = policyFor(trace.facts);
    const program = resolveTrace(trace, recorded, diagnostics);
    printWarnings(diagnostics, trace.name, args.quiet);
    traces.push(setupOf(trace, program, arch));
    const { touch } = rebuild(program, trace.facts, arch, recorded);
    for (const policy of policies) {
      const finished = runOf(trace, program, arch, policy, touch);
      const latency = args.latency ? { latency: latencyOf(trace, program, arch, policy) } : {};
      runs.push({ ...finished, metrics: { ...finished.metrics, ...latency } });
    }
  }
  const setup: Setup = {
    version,
    command: ["mmreplay", ...process.argv.slice(2)].join(" "),
    traces,
    policies: policies.map(({ id, summary, kernel, source }) => ({ id, summary, kernel, source })),
    baseline: policies[0]?.id ?? "",
    metrics: metrics.all.map(({ id, title, unit, better }) => ({ id, title, unit, better })),
    population: "full",
    idioms: "keep",
  };
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
    arch: { choices: archs.ids, describe: "default: the one of the recording" },
    latency: {
      type: "boolean",
      default: false,
      describe: "also time the placements on this machine; never compared",
    },
    format: { choices: reports.ids, default: "text" },
    output: { alias: "o", type: "string", describe: "write there instead of standard output" },
  },
  handler: run,
};
