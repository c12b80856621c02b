/** Do edits leave the same program whether its ops are at hand or at rest? */

import { expect, it } from "vitest";
import { Edits } from "../../src/resolve/idioms/edits.ts";
import { columnsFor } from "../../src/resolve/op-table.ts";
import { OpWriter } from "../../src/resolve/op-writer.ts";
import type { Program } from "../../src/resolve/program.ts";
import { arena, caseOf, protect } from "./idiom-cases.ts";

const many = 2 ** 20;
const stretch = 65_536;

/** The same calls again and again, as often as it takes to be worth a place on a shelf. */
function long(): Program {
  const { program } = caseOf([...arena(), protect(0x54000000, 8192)]);
  const once = program.ops.table;
  const writer = new OpWriter(once);
  while (writer.length <= many) writer.copy(once, 0, once.kind.length);
  const doubtfulFrom = new Map([
    [0, 0],
    [1, 5],
    [2, stretch + 1],
  ]);
  return { ...program, ops: writer.done(), peak: many - 6, doubtfulFrom };
}

function edited(program: Program, rest: (program: Program) => void): Program {
  const edits = new Edits(program, (op, by) => [
    op,
    { kind: "exit", space: by, event: 1, line: 2 },
  ]);
  for (let at = 0; at < program.ops.length; at += stretch / 2) {
    edits.replace(at, at);
    edits.remove([at + 1, at + 2]);
    edits.replace(at + stretch / 2 - 1, 7);
  }
  edits.move(1, 14 * 1024, 16 * 1024);
  return edits.done(rest);
}

it("edits a program at rest as one at hand, and leaves it there", () => {
  const program = long();
  const peak = program.ops.at(program.peak);
  const atHand = edited(program, () => undefined);
  let isAway = false;
  const atRest = edited(program, ({ ops }) => {
    isAway = ops.rest((data) => {
      const away = structuredClone(data);
      return () => structuredClone(away);
    });
  });
  expect(isAway).toBe(true);
  for (const name of Object.keys(columnsFor(0)) as (keyof ReturnType<typeof columnsFor>)[]) {
    const [one, other] = [atHand.ops.table[name], atRest.ops.table[name]];
    expect([name, one.length, one.every((value, row) => value === other[row])]).toEqual([
      ...[name, other.length, true],
    ]);
  }
  expect(atRest).toMatchObject({ peak: atHand.peak, doubtfulFrom: atHand.doubtfulFrom });
  expect(atHand.doubtfulFrom.get(0)).toBe(0);
  expect(atHand.doubtfulFrom.get(2)).toBeGreaterThan(0);
  expect(atHand.ops.at(atHand.peak)).toEqual(peak);
});
