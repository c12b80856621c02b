/** `mmreplay bench`: how many operations per second a replay does on this machine, now, with few and with many VMAs. */

import type { CommandModule } from "yargs";
import { archs } from "../../arch/index.ts";
import { MmreplayError } from "../../errors.ts";
import { churn } from "../../latency/churn.ts";
import { type Race, race } from "../../latency/race.ts";
import { place, placeOnly } from "../../place/place.ts";
import { plan } from "../../place/plan.ts";
import type { Placements } from "../../place/types.ts";
import { policies } from "../../policies/index.ts";
import { apply } from "../../space/apply.ts";
import type { Facts } from "../../trace/trace.ts";
import { write } from "../io.ts";

interface Arguments {
  readonly format: string;
}

/** Replays of one size, beside each other. */
interface Replays extends Race {
  readonly vmas: number;
  /** Maps and unmaps of one run. */
  readonly operations: number;
}

const sizes = [1000, 10_000, 65_000];
const facts: Facts = { pageSize: 4096, recorder: "none", aslr: false, inferred: [] };

/** Where everything went, as one number to compare. */
function sumOf({ objectPage }: Placements): string {
  return String(objectPage.reduce((sum, page) => (sum * 31 + page) % 2_147_483_647, 0));
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

async function replaysOf(vmas: number): Promise<Replays> {
  const program = churn(vmas, 2 * vmas);
  const arch = archs.get("x86-64");
  const policy = policies.get("linux-7.3");
  const compiled = plan(program, policy, arch, facts, { forced: false });
  const alone = placeOnly(compiled);
  const { placements } = place(program, compiled);
  const options = { touch: "never", compare: false } as const;
  const vmaPeakOf = (pages: Placements) => apply(program, pages, policy.profile, options).vmaPeak;
  checkWorkload(vmas, placements, vmaPeakOf(placements));
  const timed = [
    { name: "placement alone", run: () => alone.run() },
    { name: "VMA set alone", run: () => vmaPeakOf(placements) },
  ].map(({ name, run }) => ({
    name,
    run: () => {
      run();
      return undefined;
    },
  }));
  const whole = {
    name: "placement and VMA set",
    run: () => {
      const { placements: again } = place(program, compiled);
      vmaPeakOf(again);
      return sumOf(again);
    },
  };
  const known = sumOf(placements);
  if (whole.run() !== known)
    throw new MmreplayError("bench/different-results", "two replays place differently");
  const result = await race([...timed, whole], { rounds: 5, time: 100 });
  return { vmas, operations: program.ops.length, ...result };
}

function textOf(all: readonly Replays[]): string {
  const lines = all.flatMap(({ vmas, operations, standings, warnings }) => [
    ...standings.map(({ name, median, fastest, runs }) => {
      const speed = (operations / median / 1000).toFixed(2);
      const best = (operations / fastest / 1000).toFixed(2);
      return `${String(vmas).padStart(6)} VMAs  ${name.padEnd(22)} ${speed.padStart(7)} million ops/s, at best ${best.padStart(5)} (${runs} runs)`;
    }),
    ...warnings.map((warning) => `warning: ${vmas} VMAs: ${warning}`),
  ]);
  return lines.join("\n");
}

async function run({ format }: Arguments): Promise<void> {
  const all: Replays[] = [];
  for (const vmas of sizes) all.push(await replaysOf(vmas));
  write(format === "json" ? JSON.stringify(all, null, 2) : textOf(all), undefined);
}

export const bench: CommandModule<object, Arguments> = {
  command: "bench",
  describe: "time replays on this machine, with few and with many VMAs",
  builder: { format: { choices: ["text", "json"], default: "text" } },
  handler: run,
};
