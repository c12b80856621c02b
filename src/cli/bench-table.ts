/** What the figures of a benchmark of replays say beside their targets, as the rows of a table. */

import { type Column, left, right, type Table } from "../reports/table.ts";
import { alone, type Border, type Kernel, type Replays, setAlone } from "./bench-replays.ts";

/** What was measured, its median, its best, its target and whether the median reaches it; "" where there is none. */
type BenchRow = readonly [
  what: string,
  median: string,
  fastest: string,
  target: string,
  verdict: string,
];

const columns: readonly Column[] = [
  left("what"),
  right("median"),
  right("fastest"),
  right("target"),
  left(""),
];

const verdict = (reached: boolean): string => (reached ? "reached" : "not reached");

const times = (ratio: number): string => `${ratio.toFixed(1)}x`;

/** Million ops/s of placement alone that a quiet core is to reach, by VMAs. */
const placements: ReadonlyMap<number, number> = new Map([
  [1000, 8],
  [10_000, 5],
  [65_000, 2.5],
]);

/** The same of the VMA set: 1.5 us for a delete and an insert. */
const sets: ReadonlyMap<number, number> = new Map([[65_000, 1.33]]);

const speedTargets = new Map([
  [alone, placements],
  [setAlone, sets],
]);

/** Times as fast as the kernel: placement alone, and with the VMA set. */
const kernelTargets = (vmas: number) =>
  vmas > 10_000 ? { alone: 9, whole: 3 } : { alone: 13, whole: 5 };

function speedRows({ vmas, operations, standings }: Replays): BenchRow[] {
  return standings.map(({ name, median, fastest }) => {
    const speed = operations / median / 1000;
    const target = speedTargets.get(name)?.get(vmas);
    const end = target === undefined ? "" : verdict(speed >= target);
    const best = (operations / fastest / 1000).toFixed(2);
    const what = `${name}, ${vmas} VMAs, million ops/s`;
    return [what, speed.toFixed(2), best, `${target ?? ""}`, end];
  });
}

function kernelRows(vmas: number, kernel: Kernel): BenchRow[] {
  if ("missing" in kernel) return [[`${vmas} VMAs beside the kernel`, "", "", "", kernel.missing]];
  const targets = kernelTargets(vmas);
  const against = `against Linux ${kernel.release.split("-")[0]}, ${vmas} VMAs`;
  const row = (what: string, ratio: number, target: number): BenchRow => [
    `${what} ${against}`,
    times(ratio),
    "",
    times(target),
    verdict(ratio >= target),
  ];
  return [
    row(alone, kernel.aloneRatio, targets.alone),
    row("placement and VMA set", kernel.wholeRatio, targets.whole),
  ];
}

/** From so many ops at once a crossing may cost 3 ns each. */
const largeBatch = 256;

function borderRow({ batch, cost }: Border): BenchRow {
  const what = `crossing into Rust, ${batch} ops at once, ns per op`;
  const end = batch < largeBatch ? (["", ""] as const) : (["3", verdict(cost <= 3)] as const);
  return [what, cost.toFixed(1), "", ...end];
}

/** `mmreplay.bench/1`, without its targets: docs/schema/bench.schema.json. */
export function benchDocument(
  replays: readonly Replays[],
  border: readonly Border[],
): {
  readonly schema: string;
  readonly replays: readonly Replays[];
  readonly border: readonly Border[];
} {
  return { schema: "mmreplay.bench/1", replays, border };
}

/** Every figure of `mmreplay bench`. */
export function benchTable(replays: readonly Replays[], border: readonly Border[]): Table {
  const rows = [
    ...replays.flatMap((one) => [...speedRows(one), ...kernelRows(one.vmas, one.kernel)]),
    ...border.map(borderRow),
  ];
  return { columns, rows };
}
