// @ts-check
/** What the benchmarks of readers share: the built modules, races in turn, and medians. */

import { join } from "node:path";

/** @param {string} path @returns {Promise<any>} */
export const built = (path) => import(join(import.meta.dirname, "../dist", path));
const { race } = await built("latency/race.js");

/** @typedef {{ name: string; run: () => Promise<string | undefined> | string | undefined }} Peer */
/** @typedef {{ name: string; median: number; fastest: number; runs: number }} Standing */

const rounds = { rounds: 7, time: 1 };
/** Small traces load in a tenth of a millisecond: one run would say more of the timer. */
export const shortRounds = { rounds: 7, time: 20 };
/** Before these, each peer runs as often without being measured: until all of its code is compiled, as it is in a long text. */
export const warmRounds = { rounds: 7, time: 1, warm: 5 };

/** @param {readonly number[]} values */
export const medianOf = (values) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * Race with the processor time of this process beside the time on the clock, which other work on the machine stretches.
 *
 * @param {readonly Peer[]} peers
 * @param {{ rounds: number; time: number; warm?: number }} [options] `warm`: rounds of all peers before any is measured
 */
export async function metered(peers, options = rounds) {
  for (let round = 0; round < (options.warm ?? 0); round++) {
    for (const { run } of peers) await run();
  }
  const spent = peers.map(() => /** @type {number[]} */ ([]));
  const wrapped = peers.map(({ name, run }, index) => ({
    name,
    run: async () => {
      const before = process.cpuUsage();
      const sum = await run();
      const { user, system } = process.cpuUsage(before);
      spent[index]?.push((user + system) / 1000);
      return sum;
    },
  }));
  const { standings, warnings } = await race(wrapped, options);
  return { standings, cpu: spent.map(medianOf), warnings };
}
