/** What each policy makes of a prepared trace: its run in the report, done once for policies that go the same way. */

import { measure as measureLatency } from "../latency/measure.ts";
import { deviceMappings } from "../metrics/device-mappings.ts";
import { measure, metrics } from "../metrics/index.ts";
import type { MetricValue } from "../metrics/types.ts";
import { onArch, type Subject } from "../pipeline.ts";
import {
  alignedOf,
  type Intend,
  type Intended,
  intentOf,
  misalignedOf,
  unmetOf,
} from "../place/intent.ts";
import { placeOnly } from "../place/place.ts";
import type { Policy } from "../policies/types.ts";
import { type Answered, answer, follow } from "../replay.ts";
import type { Run, TraceSetup } from "../reports/report.ts";
import type { Program } from "../resolve/program.ts";
import type { Replay } from "../space/replay.ts";
import type { Touch } from "../space/rules.ts";
import { cpus } from "../tlb/index.ts";
import { Answers, asksAlike, type Followed, goesAlike, wayOf } from "./alike.ts";
import { collect } from "./collect.ts";
import { makeShelf } from "./shelf.ts";
import type { Prepared, Task } from "./task.ts";

export interface ReplayedTrace {
  readonly setup: TraceSetup;
  /** In the order of the policies. */
  readonly runs: readonly Run[];
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
  /** As `misalignedOf` takes it. */
  readonly aligned: readonly number[];
  readonly pageBytes: number;
  /** A program on the architecture that was asked for, made once of each. */
  on(program: Program): Subject;
  /** This program is looked at from now on, and no other. */
  use(program: Program): void;
  /** Policies so far. */
  readonly done: Done[];
}

function asking(trace: Prepared, task: Task): Asking {
  const { program: recorded, idioms, touch } = trace;
  const known = new WeakMap<Program, Subject>();
  const on = (program: Program): Subject => {
    const subject = known.get(program) ?? onArch(program, trace.facts, task.arch);
    known.set(program, subject);
    return subject;
  };
  const shelf = makeShelf();
  const answers = new Answers(touch);
  const rest = ({ ops }: Program): void => {
    answers.forget();
    if (ops.rest(shelf)) collect();
  };
  let used = recorded;
  // What it was made with has gone.
  if (recorded.ops.isLarge) collect();
  const { pageBytes } = on(recorded).arch;
  return {
    ...trace,
    task,
    aligned: alignedOf(recorded, idioms),
    pageBytes,
    intend: intentOf(recorded, idioms, task.idioms, rest),
    answers,
    on,
    use: (program) => {
      if (used !== program) rest(used);
      used = program;
    },
    done: [],
  };
}

/** What the author of a program would run under the policy, on the architecture that was asked for. */
function subjectOf({ intend, answers, on, use, pageBytes }: Asking, policy: Policy): Asked {
  const place = (asked: Program) => {
    use(asked);
    return answers.of(on(asked), policy).placements;
  };
  const { program: asked, unsettled } = intend(place, pageBytes);
  return { ...on(asked), unsettled };
}

/** A policy's run, and what it was made from, without the placements. */
interface Done {
  readonly replay: Omit<Replay, "placements">;
  readonly way: Followed;
  readonly run: Run;
}

/** A policy's run: that of one before if both go the same way. */
function runOf(asking: Asking, subject: Asked, policy: Policy): Done {
  const { task, done: before } = asking;
  const chosen = task.metrics.map((id) => metrics.get(id));
  const own = chosen.filter(({ asksPolicy }) => asksPolicy === true);
  const twin = before.find(({ way }) => asksAlike(way, subject.program, policy));
  if (twin !== undefined && own.length === 0) return renamed(twin, policy, subject.unsettled);
  asking.use(subject.program);
  const answered = asking.answers.of(subject, policy);
  asking.use(answered.program);
  const way = wayOf(answered, policy);
  const alike = before.find((done) => goesAlike(done.way, way));
  if (alike === undefined) return followed(asking, subject, policy, answered);
  const { profile } = policy;
  const asked = { ...alike.replay, policy, profile, placements: answered.placements };
  return renamed(alike, policy, subject.unsettled, measure(asked, own));
}

/** The run of a policy that goes as none before: its VMAs are made and measured. */
function followed(asking: Asking, subject: Asked, policy: Policy, answered: Answered): Done {
  const { program, arch } = subject;
  const { task, idioms, setup, program: recorded, touch, aligned } = asking;
  const { population, points } = task;
  const look = { population, points, cpus: task.cpus.map((id) => cpus.get(id)) };
  const { replay: finished, counters, applied } = follow(subject, answered, policy, touch, look);
  const { placements, ...replay } = finished;
  const { overTime } = replay;
  const { refused, clobbered, met } = applied;
  const unmet = unmetOf(recorded, idioms, task.idioms, placements, arch.pageBytes);
  const run: Run = {
    trace: setup.name,
    policy: policy.id,
    arch: arch.id,
    metrics: measure(
      finished,
      task.metrics.map((id) => metrics.get(id)),
    ),
    counters: {
      ...counters,
      clobbered,
      unmet: unmet.count,
      unmetBytes: unmet.bytes,
      unsettled: subject.unsettled,
      overMaps: (finished.program.objects - program.objects) / 2,
      misaligned: misalignedOf(aligned, placements, arch.pageBytes),
    },
    ...(refused !== null && { refused: { line: refused.line, count: refused.count } }),
    ...(overTime !== undefined && { overTime }),
    mappings: deviceMappings(finished),
  };
  return { replay, way: { ...wayOf(answered, policy), arch, met }, run };
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

/** A prepared trace under each policy, in their order. */
export function replayed(trace: Prepared, task: Task, policies: readonly Policy[]): ReplayedTrace {
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
