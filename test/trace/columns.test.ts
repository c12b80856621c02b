/** Columns of numbers come back as they were, and never as something else. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unitOf } from "../../src/trace/coding.ts";
import { decodeInto, decodeListed } from "../../src/trace/decode-columns.ts";
import { encodeNumbers } from "../../src/trace/encode-columns.ts";
import { pack, unpack } from "../../src/trace/packed.ts";
import { ByteReader, ByteWriter, Malformed, readSigned } from "../../src/trace/varint.ts";

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
    const list = { coding: 2, data: Uint8Array.from(bytes), low: new Uint8Array(0) };
    expect(() => decodeListed(list, new Float64Array(1))).toThrow(Malformed);
    expect(() => decodeInto(list, new Float64Array(1))).toThrow(Malformed);
  });
});

describe("a row of numbers", () => {
  /** What is read of these bytes, or why they cannot be. */
  const outcome = (read: () => readonly number[]): readonly number[] | string => {
    try {
      return read();
    } catch (error) {
      if (error instanceof Malformed) return error.message;
      throw error;
    }
  };

  const oneByOne = (bytes: Uint8Array, count: number) => (): readonly number[] => {
    const reader = new ByteReader(bytes);
    const values = Array.from({ length: count }, () => reader.signed());
    return [...values, reader.at];
  };

  const together = (bytes: Uint8Array, count: number) => (): readonly number[] => {
    const values = new Float64Array(count);
    const end = readSigned(bytes, 0, values);
    return [...values, end];
  };

  const digit = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.integer({ min: 128, max: 255 }),
    fc.constantFrom(0x00, 0x7f, 0x80, 0xff),
  );

  it("is read from any bytes like one after the other, errors included", () => {
    fc.assert(
      fc.property(fc.array(digit), fc.nat(8), (all, count) => {
        const bytes = Uint8Array.from(all);
        expect(outcome(together(bytes, count))).toEqual(outcome(oneByOne(bytes, count)));
      }),
      { seed, numRuns: 3000 },
    );
  });

  it("comes back at each length of a number and each sign", () => {
    const ends = Array.from({ length: 54 }, (_, power) => 2 ** power);
    const all = ends.flatMap((end) => [end - 1, end, end + 1, 1 - end, -end, -end - 1]);
    const numbers = all.filter((value) => value >= -(2 ** 52) && value <= 2 ** 53 - 1);
    const writer = new ByteWriter();
    for (const value of numbers) writer.signed(value);
    const bytes = writer.done();
    expect(together(bytes, numbers.length)()).toEqual([...numbers, bytes.length]);
  });
});
