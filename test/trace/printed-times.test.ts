/** Times are stored as they were printed, wherever they come back exactly. */

import { describe, expect, it } from "vitest";
import { EventDecoder } from "../../src/trace/decode-events.ts";
import { encodeBlock } from "../../src/trace/encode-events.ts";
import type { Event } from "../../src/trace/event.ts";
import { logOf } from "../../src/trace/log-writer.ts";
import { printedTimes } from "../../src/trace/printed-times.ts";
import { Malformed } from "../../src/trace/varint.ts";
import { storedOf } from "./stored.ts";

const start = 1_795_352_605;

/** Calls as strace prints them: where they began, and how long they took or when they ended. */
function calls(
  times: readonly { readonly begun: number; readonly took?: number; readonly ended?: number }[],
): Event[] {
  return times.map(({ begun, took, ended }, index): Event => {
    const call = { kind: "call", call: "munlockall", pid: 1, result: 0, error: null } as const;
    const line = 10 * index + 5;
    if (took !== undefined) {
      const time = begun + took;
      return { ...call, outcome: "ok", line, time, entryTime: begun };
    }
    if (ended === undefined) return { ...call, outcome: "ok", line, time: begun };
    return { ...call, outcome: "ok", line, time: ended, entryTime: begun, entryLine: line - 1 };
  });
}

/** The first block of these events, and what `printedTimes` makes of it. */
function printedOf(events: readonly Event[]) {
  const block = logOf(events).slots[0]?.block();
  if (block === undefined) throw new Error("no block");
  return { block, printed: printedTimes(block) };
}

describe("times that a recorder printed", () => {
  it("are stored as starts less the end before, and durations, in microseconds", () => {
    const events = calls([
      { begun: start + 0.000_012, took: 0.000_007 },
      { begun: start + 0.000_031 },
      { begun: start + 0.000_04, ended: start + 0.000_9 },
      { begun: start + 0.000_8, took: 0.000_1 },
    ]);
    const { block, printed } = printedOf(events);
    expect(block.timeUnit).not.toBe(1e6);
    expect(printed?.unit).toBe(1e6);
    expect([...(printed?.starts ?? [])]).toEqual([start * 1e6 + 12, 12, 9, -100]);
    expect([...(printed?.durations ?? [])]).toEqual([7, 860, 100]);
    expect(encodeBlock(block, { strings: 0, files: 0, address: 0 }).printedUnit).toBe(1e6);
  });

  it("are stored in nanoseconds where those were printed", () => {
    const { printed } = printedOf(calls([{ begun: 1.000_000_001, took: 0.000_000_002 }]));
    expect(printed?.unit).toBe(1e9);
  });

  it("are stored as they are where that would change one", () => {
    const events = calls([{ begun: 1.5, took: 1e-7 / 3 }, { begun: 2.25 }]);
    const { block, printed } = printedOf(events);
    expect(printed).toBeUndefined();
    expect(encodeBlock(block, { strings: 0, files: 0, address: 0 }).printedUnit).toBe(0);
  });

  it.each([-1, 1e-300, Number.NaN, Number.POSITIVE_INFINITY, 1000])(
    "are refused in a unit that no recorder prints: %d",
    (printedUnit) => {
      const { block } = printedOf(calls([{ begun: 1.000_001, took: 0.000_002 }]));
      const data = { ...encodeBlock(block, { strings: 0, files: 0, address: 0 }), printedUnit };
      expect(() => new EventDecoder().block(storedOf(data))).toThrow(Malformed);
    },
  );
});
