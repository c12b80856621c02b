/** Do tricks in columns stay what they are: in the order of their ops, and in another thread. */

import { describe, expect, it } from "vitest";
import { Idioms } from "../../src/resolve/idioms/idioms.ts";
import { type Idiom, isTrim } from "../../src/resolve/idioms/types.ts";
import { arena, caseOf, hinted, M, map, N, unmap } from "./idiom-cases.ts";

/** Each class, and among them a trim with a first try. */
const events = [
  map(0x44000000, 64 * M, { ...N, ...hinted(0x50000000) }),
  ...arena(),
  map(0x70005000, 3 * M, hinted(0x60000000)),
  unmap(0x70005000, 3 * M),
  map(0x61000000, 3 * M, hinted(0x61000000)),
  map(0x80001000, 64 * M, N),
  unmap(0x80001000, 64 * M),
  ...arena(0xa0800000),
  map(0x20000000, 8 * M, N),
  unmap(0x20000000 + 5 * M, 3 * M),
];

/** Everything that a trick says of itself. */
function told(idiom: Idiom): unknown {
  if (!isTrim(idiom)) return idiom;
  const { space, op, object, pages, map, line, align, form, low, kept, guard } = idiom;
  const { backed, isBacked, regions, cuts, gaps, cutCalls, overlays, replaced, firstTry } = idiom;
  return {
    ...{ class: idiom.class, space, op, object, pages, map, line, align, form, low, kept, guard },
    ...{ backed, isBacked, regions, cuts, gaps, cutCalls, overlays, replaced, firstTry },
  };
}

describe("tricks in columns", () => {
  it("come in the order of their ops, whatever they are", () => {
    const { idioms } = caseOf(events);
    expect([...idioms].map((one) => one.class)).toEqual([
      ...["learned", "trim", "ladder", "trim", "unexplained"],
    ]);
    const ops = [...idioms].map(({ op }) => op);
    expect(ops).toEqual([...ops].sort((a, b) => a - b));
    expect([...idioms].map((_, index) => idioms.at(index)?.op)).toEqual(ops);
  });

  it("say the same in another thread", () => {
    const { idioms, program } = caseOf(events);
    const other = new Idioms(structuredClone(idioms.table), program.ops);
    expect([...other].map(told)).toEqual([...idioms].map(told));
    expect([...other.trims()].map((one) => one.firstTry !== undefined)).toEqual([false, true]);
  });
});
