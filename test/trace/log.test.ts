/** A log gives its events back in whatever order they are asked for. */

import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeShelf } from "../../src/cli/shelf.ts";
import { blockEvents, type Shelf } from "../../src/trace/block.ts";
import type { Event } from "../../src/trace/event.ts";
import { hasKind, timeless } from "../../src/trace/log.ts";
import { LogWriter, logOf } from "../../src/trace/log-writer.ts";
import { mmap } from "../support/events.ts";
import { event, withoutTimes } from "./arbitrary.ts";

/** At the least, of events like these. */
const bytesOfEvent = 20;
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
      { numRuns: 200 },
    );
  });

  it("leaves nothing but the times out where nobody asks for them", () => {
    const property = fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      expect([...timeless(logOf(events))]).toStrictEqual(events.map(withoutTimes));
      expect([...timeless(events)]).toStrictEqual(events);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it("tells files apart that have one number and differ", () => {
    const maps = (path: string): Event =>
      mmap(16, 1, { fd: 3, flags: 2, file: { id: 4, kind: "regular", path } });
    const events = [maps("/a"), maps("/b"), maps("/a")];
    expect([...logOf(events)]).toStrictEqual(events);
  });

  it("finds its way through blocks", () => {
    const some = fc.sample(event, { numRuns: 300 });
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
    for (const index of [blockEvents - 1, blockEvents, blockEvents - 1, 2 * blockEvents])
      expect(log.at(index)).toStrictEqual(events[index]);
    expect(log.at(events.length)).toBeUndefined();
    expect(log.at(-1)).toBeUndefined();
  });

  it("keeps a few blocks in memory and the rest on its shelf", () => {
    const some = fc.sample(event, { numRuns: 300 });
    const eventAt = (index: number): Event =>
      ({ ...some[(index * 7) % some.length], line: index + 1 }) as Event;
    const put = makeShelf();
    let shelved = 0;
    const shelf: Shelf = (block) => {
      shelved += blockEvents;
      return put(block);
    };
    const writer = new LogWriter(shelf);
    const count = 24 * blockEvents;
    for (let index = 0; index < count; index++) writer.push(eventAt(index));
    const log = writer.done();
    const held = count - shelved;
    expect(shelved).toBeGreaterThan(0);
    expect(held * bytesOfEvent).toBeLessThan(2 ** 26 + blockEvents * bytesOfEvent);
    let index = 0;
    for (const one of log) {
      index += 1;
      if (one.line !== index) expect(one.line).toBe(index);
      if (index % 97 === 0) expect(one).toStrictEqual(eventAt(index - 1));
    }
    expect(index).toBe(count);
    for (const at of [count - 1, 0, held, held - 1, 5 * blockEvents + 3])
      expect(log.at(at)).toStrictEqual(eventAt(at));
    expect(
      readdirSync(tmpdir()).filter((name) => name.startsWith(`mmreplay-events-${process.pid}-`)),
    ).toEqual([]);
  });
});
