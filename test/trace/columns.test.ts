/** Columns of numbers come back as they were, and never as something else. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeInto, decodeListed, encodeNumbers, unitOf } from "../../src/trace/columns.ts";
import { pack, unpack } from "../../src/trace/packed.ts";
import { Malformed } from "../../src/trace/varint.ts";

const seed = 20_261_127;
const number = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.integer({ min: -70_000, max: 70_000 }),
  fc.integer({ min: -(2 ** 52), max: 2 ** 53 - 1 }),
);
const column = fc.oneof(
  fc.array(number, { maxLength: 50 }),
  fc.array(fc.constantFrom(0, 4096, -3), { maxLength: 400 }),
);

describe("a column of numbers", () => {
  it("comes back from its bytes", () => {
    fc.assert(
      fc.property(column, (numbers) => {
        const coded = encodeNumbers(Float64Array.from(numbers), 0);
        const values = new Float64Array(numbers.length);
        decodeInto(coded, values);
        expect([...values]).toEqual(numbers);
        expect(unitOf(coded)).toBe(1);
      }),
      { seed, numRuns: 500 },
    );
  });

  it("comes back from the narrowest array that holds it", () => {
    fc.assert(
      fc.property(column, (numbers) => {
        const packed = pack(Float64Array.from(numbers), 1);
        expect([...unpack(packed)]).toEqual(numbers);
      }),
      { seed, numRuns: 500 },
    );
    expect(pack(Float64Array.of(7, 262), 1).stored).toBeInstanceOf(Uint8Array);
    expect(pack(Float64Array.of(7, 263), 1).stored).toBeInstanceOf(Uint16Array);
    expect(pack(Float64Array.of(-1, 2 ** 32 - 2), 4096).stored).toBeInstanceOf(Uint32Array);
    expect(pack(Float64Array.of(-1, 2 ** 32), 1).stored).toBeInstanceOf(Float64Array);
  });

  it.each([
    ["a place behind the end of the list", [1, 8, 2]],
    ["a place before it", [1, 8, 1]],
    ["a place 256 further", [1, 8, 0x80, 0x04]],
  ])("with %s is refused", (_, bytes) => {
    const list = { coding: 2, data: Uint8Array.from(bytes) };
    expect(() => decodeListed(list, new Float64Array(1))).toThrow(Malformed);
    expect(() => decodeInto(list, new Float64Array(1))).toThrow(Malformed);
  });
});
