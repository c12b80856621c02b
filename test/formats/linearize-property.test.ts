/** Putting the calls of threads in order loses none, and keeps the order of those that did not overlap. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectOf } from "../../src/formats/order/effect.ts";
import { itemOf } from "../../src/formats/order/item.ts";
import { LinearSearch } from "../../src/formats/order/linear-search.ts";
import { linearize } from "../../src/formats/order/linearize.ts";
import { NeutralMerge } from "../../src/formats/order/neutral.ts";
import type { Call, Event } from "../../src/trace/event.ts";

const page = 4096;
const base = 0x7f00_0000_0000;

/** One that begins when its turn comes, ends when `span` more have begun, and acts on page `at`. */
interface Drawn {
  readonly span: number;
  readonly at: number;
  readonly does: "map" | "unmap" | "fail" | "grow";
}

function callOf({ span, at, does }: Drawn, index: number): Call {
  const entryLine = 1000 * (index + 1);
  const line = entryLine + 1000 * span + 1 + index;
  const common = { kind: "call", line, pid: index % 7, entryLine, length: page } as const;
  const addr = base + page * at;
  const made = { outcome: "ok", error: null } as const;
  switch (does) {
    case "map":
      return {
        ...{ ...common, ...made, call: "mmap", addr: 0, prot: 3, flags: 0x22, fd: -1, offset: 0 },
        result: addr,
      };
    case "unmap":
      return { ...common, ...made, call: "munmap", addr, result: 0 };
    case "grow":
      return { ...common, ...made, call: "brk", addr, result: addr };
    case "fail":
      return { ...common, call: "munmap", addr, outcome: "error", result: null, error: "EINVAL" };
  }
}

const byLine = (events: readonly Event[]): readonly Event[] =>
  events.toSorted((a, b) => a.line - b.line);

const drawn: fc.Arbitrary<Drawn> = fc.record({
  span: fc.nat(40),
  at: fc.nat(30),
  does: fc.constantFrom("map", "unmap", "fail", "grow"),
});

const pageSize = 4096;

/** The indices of the events of one space in the order that a search of all of them finds. */
function searched(events: readonly Event[], down: boolean): readonly number[] {
  const order: number[] = [];
  const merge = new NeutralMerge(({ index }) => order.push(index));
  const search = new LinearSearch({ topDown: down, pageSize }, (item) => {
    if (!item.neutral) merge.send(item);
  });
  for (const [index, event] of events.entries()) {
    const item = itemOf(event, effectOf(event, pageSize), index, index);
    merge.see(item);
    search.push(item);
  }
  search.end();
  merge.end();
  return order;
}

describe("calls of threads put in order", () => {
  it.each([true, false])("are the same, and in order where they did not overlap (%s)", (down) => {
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 300 }), (calls) => {
        const events = byLine(calls.map(callOf));
        const ordered = [...linearize(events, { topDown: down, pageSize })] as Call[];
        expect(byLine(ordered)).toEqual(events);
        let ended = Number.POSITIVE_INFINITY;
        for (const { line, entryLine } of ordered.toReversed()) {
          // None that stands behind it had ended before it began.
          expect(entryLine).toBeLessThan(ended);
          ended = Math.min(ended, line);
        }
      }),
      { seed: 20_261_127, numRuns: 150 },
    );
  });

  it.each([true, false])("stay where only calls overlap that map nothing (%s)", (down) => {
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 300 }), (calls) => {
        const apart = calls.map((one) => (one.does === "grow" ? one : { ...one, span: 0 }));
        const events = byLine(apart.map(callOf));
        // So that linearize() need not search.
        expect(searched(events, down)).toEqual(events.map((_, index) => index));
        expect(linearize(events, { topDown: down, pageSize })).toBe(events);
      }),
      { seed: 20_261_127, numRuns: 150 },
    );
  });
});
