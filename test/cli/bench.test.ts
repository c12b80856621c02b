// What does a benchmark of replays print and write?

import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { type Border, borders, type Replays, replaysOf } from "../../src/cli/bench-replays.ts";
import { benchDocument, benchTable } from "../../src/cli/bench-table.ts";
import { schemaErrors } from "../reports/schema.ts";

const schema: unknown = JSON.parse(
  readFileSync(new URL("../../docs/schema/bench.schema.json", import.meta.url), "utf8"),
);

let replays: Replays;
let border: readonly Border[];

beforeAll(async () => {
  replays = await replaysOf(1000);
  border = await borders();
}, 60_000);

test("the document follows its schema", () => {
  const document: unknown = JSON.parse(JSON.stringify(benchDocument([replays], border)));
  expect(schemaErrors(schema, document)).toEqual([]);
});

test("a replay without a kernel beside it follows the schema too", () => {
  const missing = { ...replays, kernel: { missing: "no such kernel" } };
  expect(schemaErrors(schema, benchDocument([missing], border))).toEqual([]);
});

test("a VMA takes 40 to 58 bytes in the set, which leaves 6 of 64 for the gap index", () => {
  expect(replays.setBytes / replays.vmas).toBeGreaterThanOrEqual(40);
  expect(replays.setBytes / replays.vmas).toBeLessThanOrEqual(58);
});

test("every target is in the table, and whether the median reaches it", () => {
  const fast = { name: "placement alone", median: 0.3, fastest: 0.2, runs: 9 };
  const slow = { name: "VMA set alone", median: 3, fastest: 2, runs: 9 };
  const { rows } = benchTable(
    [
      {
        ...{ vmas: 65_000, operations: 3000, setBytes: 1, warnings: [], standings: [fast, slow] },
        kernel: { ...{ release: "6.18.44-x", median: 9, fastest: 8 }, ...ratios(9, 2.9) },
      },
      { ...replays, standings: [], kernel: { missing: "this kernel has no policy" } },
    ],
    [
      { batch: 64, each: 70, cost: 13 },
      { batch: 256, each: 60, cost: 3.1 },
    ],
  );
  expect(rows).toEqual([
    ["placement alone, 65000 VMAs, million ops/s", "10.00", "15.00", "2.5", "reached"],
    ["VMA set alone, 65000 VMAs, million ops/s", "1.00", "1.50", "1.33", "not reached"],
    ["placement alone against Linux 6.18.44, 65000 VMAs", "9.0x", "", "9.0x", "reached"],
    ["placement and VMA set against Linux 6.18.44, 65000 VMAs", "2.9x", "", "3.0x", "not reached"],
    ["1000 VMAs beside the kernel", "", "", "", "this kernel has no policy"],
    ["crossing into Rust, 64 ops at once, ns per op", "13.0", "", "", ""],
    ["crossing into Rust, 256 ops at once, ns per op", "3.1", "", "3", "not reached"],
  ]);
});

const ratios = (aloneRatio: number, wholeRatio: number) => ({
  aloneRatio,
  wholeRatio,
  compared: 9,
});
