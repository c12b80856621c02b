/** What one path of the command line becomes under which policies: the work of one thread. */

import { type At, Diagnostics, MmreplayError } from "../errors.ts";
import { measure as measureLatency } from "../latency/measure.ts";
import { deviceMappings } from "../metrics/device-mappings.ts";
import { measure, metrics } from "../metrics/index.ts";
import type { MetricValue } from "../metrics/types.ts";
import { onArch, policyFor, resolveTrace, type Subject } from "../pipeline.ts";
import { intended, misalignedOf, unmetOf } from "../place/intent.ts";
import { overMapped } from "../place/over-map.ts";
import { placeOnly } from "../place/place.ts";
import { plan } from "../place/plan.ts";
import type { Policy } from "../policies/types.ts";
import { answer, rebuild, replay } from "../replay.ts";
import type { Run, TraceSetup } from "../reports/report.ts";
import { recognise } from "../resolve/idioms/recognise.ts";
import { summarise } from "../resolve/idioms/summary.ts";
import type { Idiom, IdiomMode } from "../resolve/idioms/types.ts";
import type { Program } from "../resolve/program.ts";
import type { Population } from "../space/population.ts";
import type { Touch } from "../space/rules.ts";
import { cpus } from "../tlb/index.ts";
import type { Trace } from "../trace/trace.ts";
import { warningLines } from "./io.ts";
import { load } from "./load.ts";
import { loadPolicies } from "./policies.ts";

export const idiomModes: readonly IdiomMode[] = ["keep", "redo", "drop"];

/** Plain values: it crosses to another thread. */
export interface Task {
  readonly path: string;
  /** As the user named the policies, and which of them, counted from 0, this task replays. */
  readonly policies: string;
  readonly chosen: readonly number[];
  readonly arch: string | undefined;
  readonly latency: boolean;
  readonly idioms: IdiomMode;
  readonly population: Population;
  /** Frame number of the first page of each BAR, where it is not the recorded one. */
  readonly pfn: number | undefined;
  /** Ids of the CPUs whose TLBs are simulated, and of the metrics. */
  readonly cpus: readonly string[];
  readonly metrics: readonly string[];
  /** Moments at which values are kept. */
  readonly points: number;
}

export interface ReplayedTrace {
  readonly setup: TraceSetup;
  /** In the order of the chosen policies. */
  readonly runs: readonly Run[];
}

/** What a task gives, errors included: as values, since a thrown error loses its members between threads. */
export interface TaskResult {
  readonly warnings: string;
  readonly traces: readonly ReplayedTrace[];
  readonly refused?: Refusal;
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly at: At;
  readonly hint: string | undefined;
}

function setupOf(trace: Trace, { program, arch, conversion }: Subject): TraceSetup {
  const { kernel, recorder, command, thpEnabled, shmemEnabled, inferred } = trace.facts;
  return {
    name: trace.name,
    ...(kernel !== undefined && { kernel }),
    arch: arch.id,
    pageSize: arch.pageBytes,
    recorder,
    ...(command !== undefined && { command }),
    processes: program.spaces.length,
    ...(thpEnabled !== undefined && { thpEnabled }),
    ...(shmemEnabled !== undefined && { shmemEnabled }),
    inferred,
    ...(conversion !== undefined && { converted: conversion }),
  };
}

/** Milliseconds that one latency measurement takes at least. */
const latencyTime = 200;

function latencyOf({ program, facts, arch }: Subject, policy: Policy): MetricValue {
  const asked = overMapped(program, policy, facts, arch);
  const compiled = plan(asked, policy, arch, facts, { forced: false });
  const latency = measureLatency(placeOnly(compiled), { time: latencyTime });
  if (latency.state === "not-measured") return { value: null, unit: "ns", reason: latency.reason };
  const { p50, p90, p99, max, runs, warnings } = latency;
  const doubt = warnings.length === 0 ? {} : { reason: warnings.join("; ") };
  return { value: p50, unit: "ns", more: { p90, p99, max, runs }, ...doubt };
}

/** A trace with its tricks, and what to do with them. */
interface Work {
  readonly trace: Trace;
  /** As recorded. */
  readonly program: Program;
  readonly idioms: readonly Idiom[];
  readonly task: Task;
  readonly touch: Touch;
}

/** What the author of a program would run under the policy, on the architecture that was asked for. */
function subjectOf({ trace, program, idioms, task, touch }: Work, policy: Policy): Subject {
  const on = (asked: Program) => onArch(asked, trace.facts, task.arch);
  const answers = (asked: Program) => answer(on(asked), policy, touch).placements;
  const { pageBytes } = on(program).arch;
  return on(intended(program, idioms, task.idioms, answers, pageBytes));
}

function runOf(work: Work, subject: Subject, policy: Policy): Run {
  const { program, facts, arch } = subject;
  const { idioms, task, trace } = work;
  const { population, points } = task;
  const look = { population, points, cpus: task.cpus.map((id) => cpus.get(id)) };
  const looked = replay(program, facts, arch, policy, work.touch, look);
  const { replay: finished, counters, applied } = looked;
  const { overTime } = finished;
  const { placements } = finished;
  const unmet = unmetOf(work.program, idioms, task.idioms, placements, arch.pageBytes);
  return {
    trace: trace.name,
    policy: policy.id,
    arch: arch.id,
    metrics: measure(
      finished,
      task.metrics.map((id) => metrics.get(id)),
    ),
    counters: {
      ...counters,
      clobbered: applied.clobbered,
      unmet: unmet.count,
      unmetBytes: unmet.bytes,
      misaligned: misalignedOf(work.program, idioms, placements, arch.pageBytes),
    },
    ...(applied.refused !== null && {
      refused: { line: applied.refused.line, count: applied.refused.count },
    }),
    ...(overTime !== undefined && { overTime }),
    mappings: deviceMappings(finished),
  };
}

/** Page faults matter to touched pages and to simulated TLBs; without them neither has anything to count. */
function keepsTouches({ population, cpus: simulated }: Task, { events }: Trace): boolean {
  const asked = population.mode === "touched" || simulated.length > 0;
  return asked && events.some(({ kind }) => kind === "fault");
}

async function replayAll(task: Task, warn: (text: string) => void): Promise<ReplayedTrace[]> {
  const all = await loadPolicies(task.policies);
  const policies = all.filter((_, index) => task.chosen.includes(index));
  const say = (diagnostics: Diagnostics, name: string): void =>
    warn(warningLines(diagnostics, name));
  const replayed: ReplayedTrace[] = [];
  for (const read of await load(task.path, false, say)) {
    const { pfn } = task;
    const trace = pfn === undefined ? read : { ...read, facts: { ...read.facts, pfn } };
    const diagnostics = new Diagnostics();
    const recorded = policyFor(trace.facts);
    const program = resolveTrace(trace, recorded, diagnostics, keepsTouches(task, trace));
    say(diagnostics, trace.name);
    const { touch } = rebuild(program, trace.facts, recorded);
    const idioms = recognise(program, trace.events);
    const work: Work = { trace, program, idioms, task, touch };
    const runs = policies.map((policy) => {
      const subject = subjectOf(work, policy);
      const finished = runOf(work, subject, policy);
      if (!task.latency) return finished;
      const latency = latencyOf(subject, policy);
      return { ...finished, metrics: { ...finished.metrics, latency } };
    });
    const intent = summarise(program, trace.events, idioms);
    const subject = onArch(program, trace.facts, task.arch);
    replayed.push({ setup: { ...setupOf(trace, subject), intent }, runs });
  }
  return replayed;
}

/** Run one task; `refused` for what the user did wrong. */
export async function runTask(task: Task): Promise<TaskResult> {
  let warnings = "";
  const warn = (text: string): void => {
    warnings += text;
  };
  try {
    const traces = await replayAll(task, warn);
    return { warnings, traces };
  } catch (error) {
    if (!(error instanceof MmreplayError)) throw error;
    const { code, message, at, hint } = error;
    return { warnings, traces: [], refused: { code, message, at, hint } };
  }
}
