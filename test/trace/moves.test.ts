import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Event } from "../../src/trace/event.ts";
import { Moves } from "../../src/trace/moves.ts";

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
      { numRuns: 500 },
    );
  });
});
