/** Does the native core answer what the definitions say, wherever a table is cut? */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSpaces, type Spaces } from "../../src/native/load.ts";
import { found, op, out } from "../../src/place/wire.ts";
import { LinearSpaces } from "../oracle/linear-gap.ts";
import { answers, Dice, randomTables, type Tables, tablesOf } from "./tables.ts";

const { MMREPLAY_TABLES: wanted = "100000" } = process.env;
const numRuns = Number(wanted);

/** Run a table in pieces of random sizes; the number of searches. */
function runCut(spaces: Spaces, tables: Tables, result: ReturnType<typeof answers>): number {
  const dice = new Dice(tables.ops.length);
  const rows = tables.ops.length / op.stride;
  let searches = 0;
  for (let row = 0; row < rows; ) {
    const next = dice.chance(50) ? rows : row + 1 + dice.below(rows - row);
    searches += spaces.run(
      tables.ops.subarray(row * op.stride, next * op.stride),
      tables.searches,
      result.out.subarray(row * out.stride, next * out.stride),
      result.found.subarray(searches * found.stride),
    );
    row = next;
  }
  return searches;
}

/** The first cell, steps apart, in which two runs differ. */
function difference(tables: Tables): string | undefined {
  const [native, linear] = [answers(tables), answers(tables)];
  const spaces = openSpaces();
  const searches = [
    runCut(spaces, tables, native),
    new LinearSpaces().run(tables.ops, tables.searches, linear.out, linear.found),
  ];
  spaces.free();
  if (searches[0] !== searches[1]) return `searches: ${searches.join(" instead of ")}`;
  for (const table of ["out", "found"] as const) {
    const stride = { out, found }[table].stride;
    for (const [index, expected] of linear[table].entries()) {
      const actual = native[table][index];
      if (actual === expected || (table === "out" && index % stride === out.steps)) continue;
      const [row, column] = [Math.floor(index / stride), index % stride];
      return `${table} row ${row}, column ${column}: ${actual} instead of ${expected}`;
    }
  }
  return undefined;
}

describe("native core against the linear oracle", () => {
  it(`answers ${numRuns} random tables in every cell alike`, { timeout: 600_000 }, () => {
    const tables = fc.record({ seed: fc.nat(), ops: fc.integer({ min: 1, max: 60 }) });
    const check = ({ seed, ops }: { seed: number; ops: number }) => {
      expect(difference(tablesOf(seed, ops))).toBeUndefined();
    };
    fc.assert(fc.property(tables, check), { numRuns });
  });

  it("answers tables with hundreds of gaps alike", () => {
    const check = (seed: number) => {
      const tables = randomTables({ seed, ops: 3000, room: 8000, largest: 4, unit: 1 });
      expect(difference(tables)).toBeUndefined();
    };
    fc.assert(fc.property(fc.nat(), check), { numRuns: 6 });
  });
});
