/** A glance at an event tells what the event tells, whichever of them are made. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockEvents } from "../../src/trace/block.ts";
import type { Event } from "../../src/trace/event.ts";
import { glances } from "../../src/trace/glances.ts";
import { logOf } from "../../src/trace/log-writer.ts";
import { event, withoutTimes } from "./arbitrary.ts";

const seed = 20_261_127;

/** Look at all events, and make those that are wanted. */
function expectGlances(events: readonly Event[], isWanted: (index: number) => boolean): void {
  let index = 0;
  for (const glance of glances(logOf(events))) {
    const one = events[index];
    if (one === undefined) throw new Error("a glance at no event");
    const { kind, line, pid } = one;
    const { index: place, began } = glance;
    const call = one.kind === "call" ? one.call : undefined;
    const entryLine = "entryLine" in one ? one.entryLine : undefined;
    const [lifecycle, child, other] =
      one.kind === "lifecycle" ? [one.lifecycle, one.child, one.other] : [];
    expect({ ...glance }).toEqual({ kind, call, line, entryLine, pid, lifecycle, child, other });
    expect([place, began]).toEqual([index, entryLine ?? line]);
    if (isWanted(index)) expect(glance.event()).toStrictEqual(withoutTimes(one));
    index += 1;
  }
  expect(index).toBe(events.length);
}

describe("glances", () => {
  it("tell kind, call, task and lines of each event, and make it but for its times", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), fc.array(fc.nat(60)), (events, wanted) =>
        expectGlances(events, (index) => wanted.includes(index)),
      ),
      { seed, numRuns: 200 },
    );
  });

  it("go on through blocks, with few or many events between those that are made", () => {
    const some = fc.sample(event, { seed, numRuns: 300 });
    const events = Array.from(
      { length: blockEvents + 700 },
      (_, index) => ({ ...some[(index * 7) % some.length], line: index + 1 }) as Event,
    );
    let index = -1;
    for (const glance of glances(events)) {
      index += 1;
      if (index % 701 === 0 || index % 5 === 3)
        expect(glance.event()).toStrictEqual(withoutTimes(events[index] as Event));
    }
    expect(index).toBe(events.length - 1);
  });
});
