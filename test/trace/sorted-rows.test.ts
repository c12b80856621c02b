import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeShelf } from "../../src/cli/shelf.ts";
import type { Event } from "../../src/trace/event.ts";
import { Moves } from "../../src/trace/moves.ts";
import { SortedRows } from "../../src/trace/sorted-rows.ts";

const seed = 20_261_127;

describe("rows of numbers", () => {
  it.each(["in memory", "on a shelf"])("come back ascending, however many, %s", (where) => {
    const shelf = where === "in memory" ? undefined : makeShelf();
    const rows = new SortedRows(shelf);
    const count = 100_000;
    // Nearly in order, with some far away from where they belong.
    for (let i = 0; i < count; i++) {
      const key = i % 1009 === 0 ? (i * 7919) % count : i - (i % 5);
      rows.push([key, (i * 31) % count]);
    }
    for (let again = 0; again < 2; again++) {
      const all = [...rows];
      expect(all.length).toBe(count);
      expect(all).toEqual(all.toSorted(([a = 0, x = 0], [b = 0, y = 0]) => a - b || x - y));
    }
  });
});

describe("events that move", () => {
  it("stand between the others by their keys", () => {
    const move = fc.record({ index: fc.nat(29), to: fc.double({ min: -1, max: 30, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 12 }), (all) => {
        const events = Array.from(
          { length: 30 },
          (_, line): Event => ({ kind: "lost", line, pid: null, code: "perf/lost" }) as Event,
        );
        const moves = new Moves();
        const keys = new Map<number, number>();
        all.forEach(({ index, to }, cause) => {
          const key = Number.isInteger(to) ? to + 0.5 : to;
          moves.put(index, key, cause);
          keys.set(index, key);
        });
        const sorted = events
          .map(({ line }) => line)
          .sort((a, b) => (keys.get(a) ?? a) - (keys.get(b) ?? b) || a - b);
        expect([...moves.applied(events)].map(({ line }) => line)).toEqual(sorted);
      }),
      { seed, numRuns: 500 },
    );
  });
});
