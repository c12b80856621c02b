// Does the table of a benchmark say which target is reached, and by the slowest stream?

import { expect, test } from "vitest";

const script = new URL("../../scripts/bench-table.mjs", import.meta.url).href;
const { sectionOf } = await import(script);

const race = { kind: "race", op: "pair", vmas: 65_536, peer: "treap", target: 10 };
const machine = { cpu: "a CPU", cores: 2, node: "v20", load: 0 };
const nothing = { readers: [], traces: undefined, long: [] };
const bench = { replays: [{ ...fields(), vmas: 65_000, setBytes: 3_250_000 }], border: [] };

function fields() {
  return { operations: 1, standings: [], warnings: [], kernel: { missing: "not asked" } };
}

test("a target of the gap index is reached if the slowest stream reaches it", () => {
  const streams = [
    { ...race, stream: "random", ratio: 12 },
    { ...race, stream: "churn", ratio: 9.9 },
    { ...race, op: "cycle", peer: "scan", stream: "random", ratio: 1500, target: 1000 },
    { ...race, peer: "scan", stream: "random", ratio: 900, target: null },
  ];
  const text = sectionOf({ ...nothing, machine, bench, searches: streams });
  expect(
    text.split("\n").filter((line: string) => line.includes("65536 mappings, against")),
  ).toEqual([
    "| store and erase, 65536 mappings, against a treap | 9.9x (churn) | 12.0x (random) | 10.0x | not reached |",
    "| search, store and erase, 65536 mappings, against a BTreeMap scan | 1500.0x (random) | 1500.0x (random) | 1000.0x | reached |",
  ]);
});

test("the counts of the core and what a VMA takes are shown", () => {
  const text = sectionOf({ ...nothing, machine, bench, searches: [] });
  expect(text).toMatch(/instructions per search, 65536 mappings .*\| 220 \| reached \|/);
  expect(text).toMatch(/VMA set and gap index, 65000 VMAs, bytes per VMA \| 55\.\d \| {2}\| 64 \|/);
});

test("a long text that takes more than it may is told", () => {
  const target = { seconds: 10, mebibytes: 1024 };
  const figures = { bytes: 500_100_000, seconds: 10.1, fastest: 9.8, mebibytes: 600 };
  const build = { of: "a build", ...figures, target };
  const engine = { of: "an engine", ...figures, target: { mebibytes: 512 } };
  const text = sectionOf({ ...nothing, long: [build, engine], machine, bench, searches: [] });
  const report = "report of five policies";
  expect(text.split("\n").filter((line: string) => line.includes(report))).toEqual([
    `| 500 MB of strace text (a build), ${report}, seconds of CPU | 10.1 | 9.8 | 10 | not reached |`,
    `| 500 MB of strace text (a build), ${report}, MiB at the peak | 600.0 |  | 1024 | reached |`,
    `| 500 MB of strace text (an engine), ${report}, seconds of CPU | 10.1 | 9.8 |  |  |`,
    `| 500 MB of strace text (an engine), ${report}, MiB at the peak | 600.0 |  | 512 | not reached |`,
  ]);
});
