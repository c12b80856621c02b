/** How fast replays are beside the running kernel, which makes the same calls, and what a crossing into Rust costs. */

import { archs } from "../arch/index.ts";
import { Diagnostics, MmreplayError } from "../errors.ts";
import { bundle } from "../formats/bundle.ts";
import { churn } from "../latency/churn.ts";
import { type Peer, type Race, race, type Standing } from "../latency/race.ts";
import { medianOf } from "../latency/statistics.ts";
import { liveRecording, makeCalls } from "../live/run.ts";
import { liveTable } from "../live/table.ts";
import { archFor, policyFor, resolveTrace } from "../pipeline.ts";
import { kept, place, placeOnly } from "../place/place.ts";
import { type Plan, plan } from "../place/plan.ts";
import type { Placements } from "../place/types.ts";
import { op as column } from "../place/wire.ts";
import { policies } from "../policies/index.ts";
import type { Program } from "../resolve/program.ts";
import { apply } from "../space/apply.ts";
import type { Facts } from "../trace/trace.ts";
import { verify } from "../verify/verify.ts";

/** The same calls on the running kernel, in the same rounds. */
export type Kernel =
  | {
      readonly release: string;
      /** Milliseconds: the median of the rounds. */
      readonly median: number;
      readonly fastest: number;
      /** Times as fast as the kernel: medians of the rounds. */
      readonly aloneRatio: number;
      readonly wholeRatio: number;
      /** Addresses compared with the kernel's own: those of the model of this release. */
      readonly compared: number;
    }
  | { readonly missing: string };

/** Replays of one size, beside each other. */
export interface Replays extends Race {
  readonly vmas: number;
  /** Maps and unmaps of one run. */
  readonly operations: number;
  /** Bytes of the VMA set at the end. */
  readonly setBytes: number;
  readonly kernel: Kernel;
}

/** What an op costs where so many cross at once. */
export interface Border {
  readonly batch: number;
  /** Nanoseconds per op of the fastest run, and what of them the best size of a batch saves. */
  readonly each: number;
  readonly cost: number;
}

const rounds = 5;
const facts: Facts = { pageSize: 4096, recorder: "none", aslr: false, inferred: [] };
export const alone = "placement alone";
export const setAlone = "VMA set alone";
const whole = "placement and VMA set";

/** Where everything went, as one number to compare. */
function sumOf({ objectPage }: Placements): string {
  let sum = 0;
  for (const page of objectPage) sum = Math.imul(sum, 31) + page + Math.floor(page / 65_536);
  return String(sum);
}

/** Throws `bench/failed` for a workload that is not what the table says: then its time would mean nothing. */
function checkWorkload(vmas: number, { objectPage }: Placements, vmaPeak: number): void {
  const missing = objectPage.filter((page) => page < 0).length;
  if (missing === 0 && vmaPeak === vmas) return;
  throw new MmreplayError(
    "bench/failed",
    `${missing} mappings found no place, ${vmaPeak} VMAs instead of ${vmas}`,
  );
}

/** Compiled once: what is timed is the replay. */
function compiledFor(program: Program): ReturnType<typeof kept> {
  const arch = archs.get("x86-64");
  return kept(plan(program, policies.get("linux-7.3"), arch, facts, { forced: false }));
}

interface Peers {
  /** The parts of a replay, and the whole. */
  readonly peers: readonly Peer[];
  readonly setBytes: number;
}

/** Throws `bench/different-results` if two replays place differently. */
function peersOf(program: Program, vmas: number): Peers {
  const { profile } = policies.get("linux-7.3");
  const compiled = compiledFor(program);
  const placing = placeOnly(compiled);
  const { placements } = place(program, compiled);
  const options = { touch: "never", compare: false } as const;
  const applied = (pages: Placements) => apply(program, pages, profile, options);
  const { vmaPeak, end } = applied(placements);
  checkWorkload(vmas, placements, vmaPeak);
  const again = () => {
    const { placements } = place(program, compiled);
    applied(placements);
    return sumOf(placements);
  };
  if (again() !== sumOf(placements))
    throw new MmreplayError("bench/different-results", "two replays place differently");
  const unsummed = (run: () => void) => () => {
    run();
    return undefined;
  };
  const peers = [
    { name: alone, run: unsummed(() => placing.run()) },
    { name: setAlone, run: unsummed(() => applied(placements)) },
    { name: whole, run: again },
  ];
  return { peers, setBytes: end.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** How many addresses of the kernel its model gives, all of them; throws `bench/different-results` if one is other. */
async function compared(program: Program): Promise<{ release: string; count: number }> {
  const { files } = liveRecording(program);
  const sources = Object.entries(files).map(([name, text]) => ({
    name,
    open: async function* () {
      yield new TextEncoder().encode(text);
    },
  }));
  const [trace] = await bundle({ path: "live", folder: true, sources }, new Diagnostics());
  if (trace === undefined) throw new MmreplayError("bench/failed", "the kernel made no call");
  const recorded = policyFor(trace.facts);
  const resolved = resolveTrace(trace, recorded, new Diagnostics());
  const arch = archFor(trace.facts);
  const { placements } = verify({
    ...{ trace, program: resolved, policy: recorded, recorded, arch, free: true },
  });
  if (placements.exact === placements.total && placements.total > 0)
    return { release: trace.facts.kernel ?? "unknown", count: placements.total };
  throw new MmreplayError(
    "bench/different-results",
    `the kernel and its model agree about ${placements.exact} of ${placements.total} addresses`,
  );
}

interface Round extends Race {
  /** Milliseconds of the kernel; undefined where it is not asked. */
  readonly kernel: number | undefined;
}

function timesOf(all: readonly Round[], index: number): readonly number[] {
  return all.map(({ standings }) => standings[index]?.median ?? Number.NaN);
}

/** The rounds as one standing each. */
function standingsOf(all: readonly Round[]): readonly Standing[] {
  return (all[0]?.standings ?? []).map(({ name }, index) => ({
    name,
    median: medianOf(timesOf(all, index)),
    fastest: Math.min(...all.map(({ standings }) => standings[index]?.fastest ?? Number.NaN)),
    runs: all.reduce((sum, { standings }) => sum + (standings[index]?.runs ?? 0), 0),
  }));
}

function kernelOf(all: readonly Round[], asked: { release: string; count: number }): Kernel {
  const times = all.map(({ kernel = Number.NaN }) => kernel);
  const ratio = (name: string) => {
    const index = all[0]?.standings.findIndex((one) => one.name === name) ?? -1;
    return medianOf(timesOf(all, index).map((own, round) => (times[round] ?? 0) / own));
  };
  return {
    release: asked.release,
    median: medianOf(times),
    fastest: Math.min(...times),
    aloneRatio: ratio(alone),
    wholeRatio: ratio(whole),
    compared: asked.count,
  };
}

/** One size: replays and the kernel in turn, round by round. */
export async function replaysOf(vmas: number): Promise<Replays> {
  const pairs = 2 * vmas;
  const program = churn(vmas, pairs);
  const { peers, setBytes } = peersOf(program, vmas);
  const table = liveTable(program);
  let asked: { release: string; count: number } | undefined;
  let missing = "";
  try {
    asked = await compared(program);
  } catch (error) {
    if (!(error instanceof MmreplayError) || error.code.startsWith("bench/")) throw error;
    missing = error.message;
  }
  const all: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const kernel = asked === undefined ? undefined : makeCalls(table).nanoseconds / 1e6;
    all.push({ ...(await race(peers, { rounds: 1, time: 100 })), kernel });
  }
  return {
    vmas,
    operations: vmas + 2 * pairs,
    setBytes,
    standings: standingsOf(all),
    warnings: [...new Set(all.flatMap(({ warnings }) => warnings))],
    kernel: asked === undefined ? { missing } : kernelOf(all, asked),
  };
}

/** A plan whose blocks are cut into batches: views, so that every size of batch reads the same memory. */
function cut(compiled: ReturnType<typeof kept>, batch: number): Plan {
  const blocks = compiled.blocks.flatMap(({ ops, of }) =>
    Array.from({ length: Math.ceil(of.length / batch) }, (_, index) => ({
      ops: ops.subarray(index * batch * column.stride, (index + 1) * batch * column.stride),
      of: of.subarray(index * batch, (index + 1) * batch),
    })),
  );
  return { ...compiled, blocks };
}

const batches: readonly number[] = [64, 256, 1024, 4096, 65_536];

/** What crossing in small batches costs, with 1,000 VMAs. */
export async function borders(): Promise<readonly Border[]> {
  const program = churn(1000, 65_000);
  const compiled = compiledFor(program);
  const peers = batches.map((batch) => {
    const placing = placeOnly(cut(compiled, batch));
    const run = () => {
      placing.run();
      return undefined;
    };
    return { name: String(batch), run };
  });
  const { standings } = await race(peers, { rounds: 31, time: 20 });
  const each = (milliseconds: number) => (milliseconds * 1e6) / program.ops.length;
  const least = Math.min(...standings.map(({ fastest }) => each(fastest)));
  return standings.map(({ fastest }, index) => ({
    batch: batches[index] ?? 0,
    each: each(fastest),
    cost: each(fastest) - least,
  }));
}
