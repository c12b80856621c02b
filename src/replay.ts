/** The main job on one screen: a trace, a policy and an architecture in, a finished replay out. */

import type { Arch } from "./arch/types.ts";
import type { Machine } from "./metrics/leaves.ts";
import { Observer } from "./metrics/observe.ts";
import { Sampler } from "./metrics/over-time.ts";
import { Toucher } from "./metrics/touched.ts";
import type { Subject } from "./pipeline.ts";
import { type Counters, countDifferences } from "./place/counters.ts";
import { overMapped } from "./place/over-map.ts";
import { type Found, kept, place } from "./place/place.ts";
import { type Plan, plan } from "./place/plan.ts";
import { recordedPlacements } from "./place/recorded.ts";
import { pfnOf } from "./place/request.ts";
import type { Placements } from "./place/types.ts";
import type { Policy } from "./policies/types.ts";
import { opNumber } from "./resolve/op-table.ts";
import type { Program } from "./resolve/program.ts";
import { recordedPages } from "./resolve/recorded-pages.ts";
import type { Applied, ApplyOptions } from "./space/applied.ts";
import { apply } from "./space/apply.ts";
import { applyClosest } from "./space/closest.ts";
import { neighboursOf } from "./space/neighbours.ts";
import type { TouchedPage } from "./space/observed.ts";
import { everything, type Population } from "./space/population.ts";
import type { Replay } from "./space/replay.ts";
import type { Touch } from "./space/rules.ts";
import type { Watch } from "./space/watch.ts";
import { type Access, Tlb } from "./tlb/simulate.ts";
import type { Cpu } from "./tlb/types.ts";
import type { Facts } from "./trace/trace.ts";

export interface Replayed {
  readonly replay: Replay;
  readonly counters: Counters;
  readonly applied: Applied;
  /** What was assumed of private writable memory. */
  readonly touch: Touch;
}

function optionsOf(facts: Facts): ApplyOptions {
  return {
    ...(facts.maxMapCount !== undefined && { maxMapCount: facts.maxMapCount }),
    pfnOf: (area) => pfnOf(area, facts),
    marksData: facts.arch === "arm64",
  };
}

/** What is looked at while ops run, beyond the states they leave. */
export interface Look {
  readonly population?: Population;
  /** Whose TLBs are simulated, where page faults are the population. */
  readonly cpus?: readonly Cpu[];
  /** Moments at which values are kept. */
  readonly points?: number;
}

/** The watches of a replay, and what they saw when it is over. */
function watching(
  program: Program,
  placements: Placements,
  machine: Machine & Pick<Replay, "population">,
  { cpus = [], points = 0 }: Look,
): { readonly watches: readonly Watch[]; seen(): Partial<Replay> & Pick<Replay, "observed"> } {
  const observer = new Observer(program, placements, machine);
  const own = cpus.filter(({ archs }) => archs.some((id) => machine.arch.id.startsWith(id)));
  const tlbs = own.map((cpu) => ({ id: cpu.id, tlb: new Tlb(cpu) }));
  const sink = (touch: TouchedPage): void => {
    for (const { tlb } of tlbs) tlb.access(accessOf(touch, machine));
  };
  const touches = program.ops.table.kind.includes(opNumber.touch);
  const toucher = touches ? new Toucher(machine, program.peak, sink) : undefined;
  const population = machine.population.mode === "touched" ? toucher : undefined;
  const touched = population && ((space: number) => population.runs(space));
  const sampler = points > 0 ? new Sampler(program, machine, points, touched) : undefined;
  return {
    watches: [observer, toucher, sampler].filter((watch) => watch !== undefined),
    seen: () => ({
      observed: observer.result(),
      ...(population && { touched: population.result() }),
      ...(sampler && { overTime: sampler.result() }),
      ...(toucher && { misses: new Map(tlbs.map(({ id, tlb }) => [id, tlb.result()])) }),
    }),
  };
}

function accessOf(
  { space, page, level, contiguous, fresh }: TouchedPage,
  { arch }: Machine,
): Access {
  const { pageBytes } = arch;
  const address = page * pageBytes;
  return { space, address, entryBytes: level.pages * pageBytes, contiguous, pageBytes, fresh };
}

/** What a policy makes of a program: what its author asks under it, and where everything goes. */
export interface Answered {
  readonly program: Program;
  readonly plan: Plan;
  readonly placements: Placements;
}

/** What is wanted of an answer beside the placements. */
export interface Wanted {
  /** The plan has all of its blocks as they ran, to be run again. */
  readonly blocks?: boolean;
  /** Takes the searches. */
  readonly found?: Found;
}

/** Ask a policy; `touch` matters to policies that ask whether a VMA merges. */
export function answer(
  { program: given, facts, arch }: Pick<Subject, "program" | "facts" | "arch">,
  policy: Policy,
  touch: Touch,
  { blocks = false, found }: Wanted = {},
): Answered {
  const program = overMapped(given, policy, facts, arch);
  const planned = plan(program, policy, arch, facts, { forced: false });
  const compiled = blocks ? kept(planned) : planned;
  const neighbours = neighboursOf(program, policy.profile, { ...optionsOf(facts), touch });
  return { program, plan: compiled, ...place(program, compiled, neighbours, found) };
}

/** Replay under a policy; `touch` as `rebuild` found it for the recording. */
export function replay(
  program: Program,
  facts: Facts,
  arch: Arch,
  policy: Policy,
  touch: Touch = "at-once",
  look: Look = {},
): Replayed {
  const subject = { program, facts, arch };
  return follow(subject, answer(subject, policy, touch), policy, touch, look);
}

/** What comes of an answer: VMAs, and what the metrics look at. */
export function follow(
  { facts, arch }: Pick<Subject, "facts" | "arch">,
  { program: asked, placements }: Answered,
  policy: Policy,
  touch: Touch,
  look: Look,
): Replayed {
  const { profile } = policy;
  const { population = everything } = look;
  const machine = { arch, profile, facts, population };
  const { watches, seen } = watching(asked, placements, machine, look);
  const options = { ...optionsOf(facts), touch, compare: false, watches };
  const applied = apply(asked, placements, profile, options);
  const { peak, end, vmaPeak } = applied;
  const recorded = recordedPages(asked);
  return {
    replay: { ...machine, program: asked, policy, placements, peak, end, vmaPeak, ...seen() },
    counters: countDifferences(asked, placements, recorded),
    applied,
    touch,
  };
}

/** What was recorded as VMAs; `policy` is the recording kernel's, for the rules around placement. */
export function rebuild(
  program: Program,
  facts: Facts,
  policy: Policy,
): { readonly applied: Applied; readonly touch: Touch } {
  const placements = recordedPlacements(program);
  return applyClosest(program, placements, policy.profile, optionsOf(facts));
}

/** What the recording shows of private writable memory; the usual where no snapshot could show anything else. */
export function touchOf(program: Program, facts: Facts, policy: Policy): Touch {
  if (!program.ops.table.kind.includes(opNumber.snapshot)) return "at-once";
  return rebuild(program, facts, policy).touch;
}
