/** What one path of the command line becomes under which policies: the work of one thread, or of several in two steps. */

import { type At, Diagnostics, MmreplayError } from "../errors.ts";
import { measure as measureLatency } from "../latency/measure.ts";
import { deviceMappings } from "../metrics/device-mappings.ts";
import { measure, metrics } from "../metrics/index.ts";
import type { MetricValue } from "../metrics/types.ts";
import { onArch, policyFor, resolveTrace, type Subject } from "../pipeline.ts";
import { type Intend, type Intended, intentOf, misalignedOf, unmetOf } from "../place/intent.ts";
import { placeOnly } from "../place/place.ts";
import type { Policy } from "../policies/types.ts";
import { answer, follow, touchOf } from "../replay.ts";
import type { Run, TraceSetup } from "../reports/report.ts";
import { recognise } from "../resolve/idioms/recognise.ts";
import { summarise } from "../resolve/idioms/summary.ts";
import type { Idiom, IdiomMode } from "../resolve/idioms/types.ts";
import type { OpTable } from "../resolve/op-table.ts";
import { Ops } from "../resolve/ops.ts";
import type { Program } from "../resolve/program.ts";
import type { Population } from "../space/population.ts";
import type { Replay } from "../space/replay.ts";
import type { Touch } from "../space/rules.ts";
import { cpus } from "../tlb/index.ts";
import { hasKind } from "../trace/log.ts";
import type { Facts, Trace } from "../trace/trace.ts";
import { Answers, asksAlike, type Followed, goesAlike, wayOf } from "./alike.ts";
import { locate, warningLines } from "./io.ts";
import { load } from "./load.ts";
import { loadPolicies } from "./policies.ts";
import { refuseWarnings } from "./strict.ts";

export const idiomModes: readonly IdiomMode[] = ["keep", "redo", "drop"];

/** Plain values: it crosses to another thread. */
export interface Task {
  readonly path: string;
  /** As the user named them. */
  readonly policies: string;
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
  /** Warnings are errors. */
  readonly strict: boolean;
}

export interface ReplayedTrace {
  readonly setup: TraceSetup;
  /** In the order of the policies. */
  readonly runs: readonly Run[];
}

/** What a step gives, errors included: as values, since a thrown error loses its members between threads. */
interface Step {
  readonly warnings: string;
  readonly refused?: Refusal;
}

export interface TaskResult extends Step {
  readonly traces: readonly ReplayedTrace[];
}

/** A trace without its events, with its tricks: what every policy starts from. */
export interface Prepared {
  readonly setup: TraceSetup;
  readonly facts: Facts;
  /** As recorded. */
  readonly program: Program;
  readonly idioms: readonly Idiom[];
  readonly touch: Touch;
}

/** The same as plain values, which cross to another thread. */
export interface Packed extends Omit<Prepared, "program"> {
  readonly program: Omit<Program, "ops"> & { readonly ops: OpTable };
}

export const packed = ({ program, ...rest }: Prepared): Packed => ({
  ...rest,
  program: { ...program, ops: program.ops.table },
});

const unpacked = ({ program, ...rest }: Packed): Prepared => ({
  ...rest,
  program: { ...program, ops: new Ops(program.ops) },
});

export interface Reading extends Step {
  readonly prepared: readonly Prepared[];
}

/** Prepared traces, and which of the task's policies, counted from 0, are to replay them. */
export interface Share {
  readonly task: Task;
  readonly prepared: readonly Packed[];
  readonly chosen: readonly number[];
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly at: At;
  readonly hint: string | undefined;
}

/** Which address spaces are placed as those of 32-bit tasks. */
function concluded({ spaces }: Program): readonly string[] {
  const compat = spaces.filter((space) => space.compat === true).length;
  const of = `${compat} of ${spaces.length} address spaces taken as those of 32-bit tasks`;
  return compat === 0 ? [] : [`${of}, by their addresses`];
}

function setupOf(trace: Trace, { program, arch, conversion }: Subject): TraceSetup {
  const { kernel, recorder, command, inferred } = trace.facts;
  const { thpEnabled, shmemEnabled, thpSizes, shmemSizes } = trace.facts;
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
    ...(thpSizes !== undefined && { thpSizes }),
    ...(shmemSizes !== undefined && { shmemSizes }),
    inferred: [...inferred, ...concluded(program)],
    ...(conversion !== undefined && { converted: conversion }),
  };
}

/** Milliseconds that one latency measurement takes at least. */
const latencyTime = 200;

function latencyOf(subject: Subject, policy: Policy, touch: Touch): MetricValue {
  const { plan: compiled } = answer(subject, policy, touch, { blocks: true });
  const latency = measureLatency(placeOnly(compiled), { time: latencyTime });
  if (latency.state === "not-measured") return { value: null, unit: "ns", reason: latency.reason };
  const { p50, p90, p99, max, runs, warnings } = latency;
  const doubt = warnings.length === 0 ? {} : { reason: warnings.join("; ") };
  return { value: p50, unit: "ns", more: { p90, p99, max, runs }, ...doubt };
}

/** What is asked under a policy. */
interface Asked extends Subject, Pick<Intended, "unsettled"> {}

/** A prepared trace as its policies are asked about it. */
interface Asking extends Pick<Prepared, "setup" | "program" | "idioms" | "touch"> {
  readonly task: Task;
  readonly intend: Intend;
  readonly answers: Answers;
  /** A program on the architecture that was asked for, made once of each. */
  on(program: Program): Subject;
  /** Policies so far. */
  readonly done: Done[];
}

function asking(trace: Prepared, task: Task): Asking {
  const known = new WeakMap<Program, Subject>();
  return {
    ...trace,
    task,
    intend: intentOf(trace.program, trace.idioms, task.idioms),
    answers: new Answers(trace.touch),
    on: (program) => {
      const subject = known.get(program) ?? onArch(program, trace.facts, task.arch);
      known.set(program, subject);
      return subject;
    },
    done: [],
  };
}

/** What the author of a program would run under the policy, on the architecture that was asked for. */
function subjectOf({ program, intend, answers, on }: Asking, policy: Policy): Asked {
  const { pageBytes } = on(program).arch;
  const place = (asked: Program) => answers.of(on(asked), policy).placements;
  const { program: asked, unsettled } = intend(place, pageBytes);
  return { ...on(asked), unsettled };
}

/** A policy's run, and what it was made from, without the placements. */
interface Done {
  readonly replay: Omit<Replay, "placements">;
  readonly way: Followed;
  readonly run: Run;
}

function runOf(asking: Asking, subject: Asked, policy: Policy): Done {
  const { program, arch } = subject;
  const { task, idioms, setup, program: recorded, touch, done: before } = asking;
  const { population, points } = task;
  const chosen = task.metrics.map((id) => metrics.get(id));
  const own = chosen.filter(({ asksPolicy }) => asksPolicy === true);
  const twin = before.find(({ way }) => asksAlike(way, program, policy));
  if (twin !== undefined && own.length === 0) return renamed(twin, policy, subject.unsettled);
  const answered = asking.answers.of(subject, policy);
  const way = wayOf(answered, policy);
  const alike = before.find((done) => goesAlike(done.way, way));
  if (alike !== undefined) {
    const { profile } = policy;
    const asked = { ...alike.replay, policy, profile, placements: answered.placements };
    return renamed(alike, policy, subject.unsettled, measure(asked, own));
  }
  const look = { population, points, cpus: task.cpus.map((id) => cpus.get(id)) };
  const replayed = follow(subject, answered, policy, touch, look);
  const { replay: finished, counters, applied } = replayed;
  const { placements, ...replay } = finished;
  const { overTime } = replay;
  const unmet = unmetOf(recorded, idioms, task.idioms, placements, arch.pageBytes);
  const run: Run = {
    trace: setup.name,
    policy: policy.id,
    arch: arch.id,
    metrics: measure(finished, chosen),
    counters: {
      ...counters,
      clobbered: applied.clobbered,
      unmet: unmet.count,
      unmetBytes: unmet.bytes,
      unsettled: subject.unsettled,
      overMaps: (finished.program.objects - program.objects) / 2,
      misaligned: misalignedOf(recorded, idioms, placements, arch.pageBytes),
    },
    ...(applied.refused !== null && {
      refused: { line: applied.refused.line, count: applied.refused.count },
    }),
    ...(overTime !== undefined && { overTime }),
    mappings: deviceMappings(finished),
  };
  return { replay, way: { ...way, arch, anonOffsets: applied.anonOffsets }, run };
}

/** The run of a policy that places everything as another did, with metrics of its own. */
function renamed(
  { replay, way, run }: Done,
  policy: Policy,
  unsettled: number,
  own: Run["metrics"] = {},
): Done {
  return {
    replay: { ...replay, policy },
    way,
    run: {
      ...run,
      policy: policy.id,
      metrics: { ...run.metrics, ...own },
      counters: { ...run.counters, unsettled },
    },
  };
}

/** Page faults matter to touched pages and to simulated TLBs; without them neither has anything to count. */
function keepsTouches({ population, cpus: simulated }: Task, { events }: Trace): boolean {
  const asked = population.mode === "touched" || simulated.length > 0;
  return asked && hasKind(events, "fault");
}

async function prepared(read: Trace, task: Task, say: Say): Promise<Prepared> {
  const { pfn } = task;
  const trace = pfn === undefined ? read : { ...read, facts: { ...read.facts, pfn } };
  const { facts, events } = trace;
  const diagnostics = new Diagnostics();
  const recorded = policyFor(facts);
  const program = resolveTrace(trace, recorded, diagnostics, keepsTouches(task, trace));
  say(diagnostics, trace.name);
  if (task.strict) await refuseWarnings({ name: trace.name, diagnostics }, locate(task.path));
  const touch = touchOf(program, facts, recorded);
  const idioms = recognise(program, events);
  const intent = summarise(program, events, idioms);
  const setup = { ...setupOf(trace, onArch(program, facts, task.arch)), intent };
  return { setup, facts, program, idioms, touch };
}

function replayed(trace: Prepared, task: Task, policies: readonly Policy[]): ReplayedTrace {
  const asked = asking(trace, task);
  const runs = policies.map((policy) => {
    const subject = subjectOf(asked, policy);
    const finished = runOf(asked, subject, policy);
    asked.done.push(finished);
    if (!task.latency) return finished.run;
    const latency = latencyOf(subject, policy, trace.touch);
    return { ...finished.run, metrics: { ...finished.run.metrics, latency } };
  });
  return { setup: trace.setup, runs };
}

type Say = (diagnostics: Diagnostics, name: string) => void;

/** What `work` does until it is done or the user did something wrong. */
async function step(work: (say: Say) => Promise<void>): Promise<Step> {
  let warnings = "";
  const say: Say = (diagnostics, name) => {
    warnings += warningLines(diagnostics, name);
  };
  try {
    await work(say);
    return { warnings };
  } catch (error) {
    if (!(error instanceof MmreplayError)) throw error;
    const { code, message, at, hint } = error;
    return { warnings, refused: { code, message, at, hint } };
  }
}

/** Read and resolve what the task names, for its policies to be shared out. */
export async function prepare(task: Task): Promise<Reading> {
  const done: Prepared[] = [];
  const reading = await step(async (say) => {
    for (const trace of await load(task.path, { strict: task.strict, print: say }))
      done.push(await prepared(trace, task, say));
  });
  return { ...reading, prepared: done };
}

/** Replay prepared traces under some of the task's policies. */
export async function runShare({ task, prepared, chosen }: Share): Promise<TaskResult> {
  const traces: ReplayedTrace[] = [];
  const run = await step(async () => {
    const all = await loadPolicies(task.policies);
    const policies = all.filter((_, index) => chosen.includes(index));
    for (const trace of prepared) traces.push(replayed(unpacked(trace), task, policies));
  });
  return { ...run, traces };
}

/** Both steps, trace by trace, so that one is gone when the next comes. */
export async function runTask(task: Task): Promise<TaskResult> {
  const traces: ReplayedTrace[] = [];
  const run = await step(async (say) => {
    const policies = await loadPolicies(task.policies);
    for (const trace of await load(task.path, { strict: task.strict, print: say }))
      traces.push(replayed(await prepared(trace, task, say), task, policies));
  });
  return { ...run, traces };
}
