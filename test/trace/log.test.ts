/** A log gives its events back in whatever order they are asked for. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockEvents } from "../../src/trace/block.ts";
import type { Event } from "../../src/trace/event.ts";
import { hasKind } from "../../src/trace/log.ts";
import { logOf } from "../../src/trace/log-writer.ts";
import { event } from "./arbitrary.ts";

const seed = 20_261_127;
const kinds = "call search lifecycle fault warning snapshot lost".split(" ") as Event["kind"][];

describe("a log of events", () => {
  it("gives back every event, walked over or asked for", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), fc.array(fc.nat(60)), (events, asked) => {
        const log = logOf(events);
        expect(log.length).toBe(events.length);
        expect([...log]).toStrictEqual(events);
        for (const index of asked) expect(log.at(index)).toStrictEqual(events[index]);
        for (const kind of kinds) {
          expect(hasKind(log, kind)).toBe(events.some((one) => one.kind === kind));
        }
      }),
      { seed, numRuns: 200 },
    );
  });

  it("finds its way through blocks", () => {
    const some = fc.sample(event, { seed, numRuns: 300 });
    const events = Array.from(
      { length: 2 * blockEvents + 7 },
      (_, index) => ({ ...some[index % some.length], line: index + 1 }) as Event,
    );
    const log = logOf(events);
    for (let asked = 0, index = 0; asked < 500; asked++) {
      index = (index * 31 + 17 * asked + 65_521) % events.length;
      const near = asked % 3 === 0 ? index : Math.max(0, index - (asked % 5));
      expect(log.at(near)).toStrictEqual(events[near]);
    }
    expect(log.at(events.length)).toBeUndefined();
    expect(log.at(-1)).toBeUndefined();
  });
});
