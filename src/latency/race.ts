/** How fast several ways to the same result are beside each other: medians of rounds in turn, results compared first. */

import { Bench, type Task } from "tinybench";
import { MmreplayError } from "../errors.ts";
import { medianOf } from "./statistics.ts";

export interface Peer {
  readonly name: string;
  /** A checksum of the result, the same for all; undefined for a yardstick that does other work. */
  run(): Promise<string | undefined> | string | undefined;
}

export interface Standing {
  readonly name: string;
  /** Milliseconds per run: the median of the rounds' medians. */
  readonly median: number;
  /** Milliseconds of the fastest run: far below the median where other work disturbed the race. */
  readonly fastest: number;
  /** Runs that were measured. */
  readonly runs: number;
}

export interface Race {
  readonly standings: readonly Standing[];
  /** What the timer could not resolve, in words, each once. */
  readonly warnings: readonly string[];
}

export interface RaceOptions {
  /** Odd, so that there is a middle one. */
  readonly rounds: number;
  /** Milliseconds that each peer runs in each round, at least. */
  readonly time: number;
}

function taken({ name, result }: Task): Omit<Standing, "name"> {
  if (result.state === "completed") {
    const { p50, min, samplesCount } = result.latency;
    return { median: p50, fastest: min, runs: samplesCount };
  }
  throw new MmreplayError("bench/failed", `${name} did not run to its end (${result.state})`);
}

async function compareResults(peers: readonly Peer[]): Promise<void> {
  let first: { readonly name: string; readonly sum: string } | undefined;
  for (const { name, run } of peers) {
    const sum = await run();
    if (sum === undefined) continue;
    first ??= { name, sum };
    if (sum === first.sum) continue;
    throw new MmreplayError(
      "bench/different-results",
      `${first.name} gives ${first.sum}, ${name} gives ${sum}`,
    );
  }
}

/** Throws `bench/different-results` before anything is timed. */
export async function race(peers: readonly Peer[], { rounds, time }: RaceOptions): Promise<Race> {
  await compareResults(peers);
  const warnings = new Set<string>();
  const taking = peers.map((): Omit<Standing, "name">[] => []);
  for (let round = 0; round < rounds; round++) {
    const bench = new Bench({ time, iterations: 1, warmup: false });
    bench.addEventListener("warning", ({ task, reason }) => {
      warnings.add(`${task?.name ?? "clock"}: ${reason ?? "the clock is too coarse"}`);
    });
    for (const { name, run } of peers) {
      bench.add(name, async () => {
        await run();
      });
    }
    const tasks = await bench.run();
    for (const [index, task] of tasks.entries()) taking[index]?.push(taken(task));
  }
  const standings = peers.map(({ name }, index) => {
    const all = taking[index] ?? [];
    return {
      name,
      median: medianOf(all.map((one) => one.median)),
      fastest: Math.min(...all.map((one) => one.fastest)),
      runs: all.reduce((sum, one) => sum + one.runs, 0),
    };
  });
  return { standings, warnings: [...warnings] };
}
