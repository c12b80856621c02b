/** Columns of places in a table are refused where they name what is not there. */

import { describe, expect, it } from "vitest";
import type { BlockData } from "../../src/trace/block.ts";
import { type Coded, rangesCodingOf } from "../../src/trace/coding.ts";
import { EventDecoder } from "../../src/trace/decode-events.ts";
import { encodeDoubles, encodeNumbers } from "../../src/trace/encode-columns.ts";
import { encodeBlock } from "../../src/trace/encode-events.ts";
import type { Event } from "../../src/trace/event.ts";
import { logOf } from "../../src/trace/log-writer.ts";
import { storedOf } from "./stored.ts";

const codes = ["a", "b", "c", "a", "c"];
const events = codes.map((code, line): Event => ({ kind: "warning", line, pid: 1, code }));
/** Of the codes of warnings. */
const codeColumn = 20 * 32 + 12;

/** The events with other places of their codes. */
function withPlaces(coded: Coded): readonly Event[] {
  const [slot] = logOf(events).slots;
  if (slot === undefined) throw new Error("no block");
  const block: BlockData = encodeBlock(slot.block(), { strings: 0, files: 0, address: 0 });
  const columns = new Map(block.columns);
  columns.set(codeColumn, { id: codeColumn, wide: new Uint8Array(0), ...coded });
  const decoder = new EventDecoder();
  decoder.block(storedOf({ ...block, columns }));
  return [...decoder.done()];
}

const numbers = (...places: number[]): Coded => encodeNumbers(Float64Array.from(places), 0);

describe("the places of strings", () => {
  it("are read where all of them are in the table", () => {
    expect(withPlaces(numbers(0, 1, 2, 0, 2))).toEqual(events);
    const same = events.map((event) => ({ ...event, code: "c" }));
    expect(withPlaces(numbers(2, 2, 2, 2, 2))).toEqual(same);
  });

  it("are read where the bounds of their column are wider than the table", () => {
    const coding = rangesCodingOf(0, 0, 1);
    const ranged = (low: number[]): Coded => ({
      coding,
      data: Uint8Array.of(1, 0, 3, 0),
      low: Uint8Array.from(low),
    });
    expect(withPlaces(ranged([0x88, 0x20]))).toEqual(events);
    expect(() => withPlaces(ranged([0xc8, 0x20]))).toThrow("an index is outside of its table");
  });

  it.each([
    ["behind the end", numbers(0, 1, 3, 0, 2)],
    ["behind the end, all of them", numbers(3, 3, 3, 3, 3)],
    ["before the start", numbers(0, 1, -1, 0, 2)],
  ])("are refused %s of the table", (_, coded) => {
    expect(() => withPlaces(coded)).toThrow("an index is outside of its table");
  });

  it("are refused between whole numbers", () => {
    const coded = encodeDoubles(Float64Array.of(0, 1, 0.5, 0, 2));
    expect(() => withPlaces(coded)).toThrow("an index is no whole number");
  });
});
