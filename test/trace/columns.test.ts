/** Columns of numbers come back as they were, and never as something else. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rangingOf } from "../../src/trace/choose-ranges.ts";
import {
  type Coded,
  codingOf,
  hasLow,
  lowBitsOf,
  rangeBitsOf,
  rangesCodingOf,
  unitOf,
} from "../../src/trace/coding.ts";
import { ColumnReader, columnWant, type Kinds } from "../../src/trace/column-reader.ts";
import { encodeNumbers } from "../../src/trace/encode-columns.ts";
import { lowBytes } from "../../src/trace/low-bits.ts";
import { type Packed, pack, unpack } from "../../src/trace/packed.ts";
import { ByteWriter, Malformed } from "../../src/trace/varint.ts";

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

/** Columns like those of traces: noise of some width with exceptions, few values in disorder, steps, and long runs. */
const shaped = fc
  .record({
    length: fc.integer({ min: 1, max: 400 }),
    width: fc.integer({ min: 1, max: 40 }),
    kind: fc.constantFrom("noise", "few", "many", "steps", "runs", "sparse"),
    salt: fc.nat(),
  })
  .map(({ length, width, kind, salt }) => {
    let state = salt + 1;
    const random = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    let last = 0;
    return Array.from({ length }, (_, index) => {
      const noise = Math.floor(random() * 2 ** width);
      if (kind === "noise") return index % 17 === 0 ? -1 - 64 * noise : noise;
      if (kind === "few") return 4096 * Math.floor(random() * Math.min(width, 14)) ** 3;
      if (kind === "many") return (((index % 50) * 7919) % 64) ** 2 * 7_654_321 + width;
      if (kind === "sparse") return random() < 0.95 ? Math.floor(random() * 3) : noise;
      if (kind === "steps") last += random() < 0.8 ? 1 : noise;
      else if (random() < 0.05) last = noise;
      return last;
    });
  });

/** A reader of one column, asked for. */
function readerOf({ coding, data, low }: Coded, count: number, want?: number): ColumnReader {
  const [length, lowLength] = [data.length, low.length];
  const stored = { coding, at: 0, length, lowAt: 0, lowLength, wide: new Uint8Array(0) };
  const reader = new ColumnReader({ data, low, byId: new Map([[7, stored]]) });
  reader.ask(7, count, want);
  reader.read();
  return reader;
}

const packedOf = (coded: Coded, count: number): Packed => readerOf(coded, count).packed(0);
const listedOf = (coded: Coded, count: number): Kinds =>
  readerOf(coded, count, columnWant.listed).listed(0);
/** The numbers of a column, read in every way in which they can be wanted. */
function numbersOf(coded: Coded, count: number): readonly number[] {
  const numbers = [...unpack(packedOf(coded, count))];
  expect([...readerOf(coded, count, columnWant.wide).doubles(0)]).toEqual(numbers);
  if (new Set(numbers).size <= 1024) {
    const { distinct, places } = listedOf(coded, count);
    expect(distinct).toEqual([...new Set(numbers)]);
    expect([...places].map((place) => distinct[place])).toEqual(numbers);
  }
  return numbers;
}

describe("a column of numbers", () => {
  it("comes back from its bytes", () => {
    fc.assert(
      fc.property(column, (numbers) => {
        const coded = encodeNumbers(Float64Array.from(numbers), 0);
        expect(numbersOf(coded, numbers.length)).toEqual(numbers);
        expect(unitOf(coded)).toBe(1);
      }),
      { seed, numRuns: 500 },
    );
  });

  it("comes back whatever its coding, and every coding is used", () => {
    const used = new Set<string>();
    fc.assert(
      fc.property(shaped, (numbers) => {
        const coded = encodeNumbers(Float64Array.from(numbers), 0);
        const { apart, inside } = lowBitsOf(coded);
        const mode = coded.coding % 8;
        used
          .add(`mode ${mode}`)
          .add(`apart ${apart > 0}`)
          .add(`inside ${inside}`)
          .add(`ranges ${rangeBitsOf(coded)}`);
        if (apart > 0) expect(coded.low).toHaveLength(lowBytes(numbers.length, apart));
        expect(hasLow(coded) || coded.low.length === 0).toBe(true);
        expect(numbersOf(coded, numbers.length)).toEqual(numbers);
      }),
      { seed, numRuns: 400 },
    );
    const modes = [0, 1, 2, 4, 5, 6].map((mode) => `mode ${mode}`);
    const low = [0, 1, 2, 4].map((bits) => `inside ${bits}`);
    const ranges = [0, 1, 2, 4].map((bits) => `ranges ${bits}`);
    const all = [...modes, ...low, ...ranges, "apart false", "apart true"];
    expect([...used].sort()).toEqual(all.sort());
  });

  it("of one number is held as that", () => {
    const one = packedOf(encodeNumbers(new Float64Array(5000).fill(-7), 12), 5000);
    expect(one).toMatchObject({ count: 5000, stored: new Uint8Array(1), base: -7 * 4096 });
  });

  it("is held as multiples of its unit, as narrow as they are", () => {
    const words = packedOf(encodeNumbers(Float64Array.of(1, 2, 70_000), 12), 3);
    expect(words).toMatchObject({ base: 4096, unit: 4096, stored: Uint32Array.of(0, 1, 69_999) });
    const apart = packedOf(encodeNumbers(Float64Array.of(0, 2 ** 40), 1), 2);
    expect(apart).toMatchObject({ base: 0, unit: 1, stored: Float64Array.of(0, 2 ** 41) });
    expect(packedOf(encodeNumbers(Float64Array.of(), 0), 0)).toMatchObject({ count: 0, base: 0 });
  });

  it.each([
    ["a number behind the end", codingOf(4, 0, { apart: 1, inside: 0 }), [1, 9, 2], [0]],
    ["too few low bits", codingOf(0, 0, { apart: 9, inside: 0 }), [2], [0]],
    ["too many low bits", codingOf(0, 0, { apart: 8, inside: 0 }), [2], [0, 0]],
    ["low bits that are cut off inside", codingOf(4, 0, { apart: 0, inside: 9 }), [0, 0], []],
    ["bytes behind those", codingOf(4, 0, { apart: 0, inside: 4 }), [0, 0, 0], []],
    ["more exceptions than bytes", codingOf(4, 0, { apart: 0, inside: 4 }), [0x7f, 0, 1], []],
    ["a number of no range", rangesCodingOf(0, 0, 1), [1, 8, 4, 1], [0]],
    ["more ranges than places", rangesCodingOf(0, 0, 1), [3, 8, 0, 10, 0, 12, 0, 0], []],
    ["a range that is too wide", rangesCodingOf(0, 0, 1), [1, 8, 49, 0], [0, 0, 0, 0, 0, 0, 0]],
    ["too few bits of ranges", rangesCodingOf(0, 0, 1), [1, 8, 9, 0], [0]],
    ["too many bits of ranges", rangesCodingOf(0, 0, 1), [1, 8, 8, 0], [0, 0]],
    ["bytes behind its ranges", rangesCodingOf(0, 0, 1), [1, 8, 8, 0, 0], [0]],
    ["ranges that are cut off", rangesCodingOf(0, 0, 1), [2, 8, 8], [0]],
    ["ranges and runs", rangesCodingOf(4, 0, 1), [1, 8, 8, 0], [0]],
    ["ranges and low bits", rangesCodingOf(0, 0, 1) + 512, [1, 8, 8, 0], [0]],
  ])("with %s is refused", (_, coding, data, low) => {
    const coded = { coding, data: Uint8Array.from(data), low: Uint8Array.from(low) };
    expect(() => packedOf(coded, 1)).toThrow(Malformed);
    expect(() => listedOf(coded, 1)).toThrow(Malformed);
  });

  it("is refused where few bytes ask for more memory than a message may have", () => {
    const half = 2 ** 23;
    const writer = new ByteWriter();
    for (const number of [0, 2 ** 40]) {
      writer.signed(number);
      writer.unsigned(half - 1);
    }
    const coded = { coding: 4, data: writer.done(), low: new Uint8Array(0) };
    const reader = readerOf(coded, 2 * half, columnWant.wide);
    for (let more = 0; more < 2; more++) reader.ask(7, 2 * half, columnWant.wide);
    expect(() => reader.read()).toThrow("columns are too long");
    expect(() => readerOf(coded, 2 * half + 1)).toThrow("a column is too long");
  });

  it("comes back from ranges of any width, and their bits are never more than its own", () => {
    const numbers = fc.oneof(
      fc.array(fc.integer({ min: -(2 ** 46), max: 2 ** 46 }), { minLength: 1, maxLength: 60 }),
      fc.array(fc.integer({ min: -40, max: 70_000 }), { minLength: 1, maxLength: 60 }),
      shaped,
    );
    fc.assert(
      fc.property(numbers, (all) => {
        const values = Float64Array.from(all);
        const ranging = rangingOf(values) ?? expect.fail("no ranges");
        const { bits, data, low } = ranging.write();
        expect(low.length).toBe(ranging.lowBytes);
        const coding = rangesCodingOf(0, 0, bits);
        expect(numbersOf({ coding, data, low }, all.length)).toEqual(all);
        const width = Math.ceil(Math.log2(Math.max(...all) - Math.min(...all) + 1));
        expect(low.length).toBeLessThanOrEqual(Math.ceil((width * all.length) / 8));
      }),
      { seed, numRuns: 1000 },
    );
  });

  it("comes back whatever stands before and behind its bytes", () => {
    const within = (bytes: Uint8Array, before: number, behind: number): Uint8Array => {
      const all = new Uint8Array(before + bytes.length + behind).fill(0xff);
      all.set(bytes, before);
      return all.subarray(before, before + bytes.length);
    };
    const around = fc.nat(12);
    fc.assert(
      fc.property(shaped, around, around, (numbers, before, behind) => {
        const coded = encodeNumbers(Float64Array.from(numbers), 0);
        const [data, low] = [within(coded.data, before, behind), within(coded.low, before, behind)];
        expect(numbersOf({ ...coded, data, low }, numbers.length)).toEqual(numbers);
      }),
      { seed, numRuns: 300 },
    );
  });

  it("of numbers too far from each other has no ranges", () => {
    const far = Float64Array.from({ length: 24 }, (_, index) => (index - 8) * 2 ** 49);
    expect(rangingOf(far)).toBeUndefined();
    expect(rangingOf(far.subarray(0, 16))).toBeDefined();
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
    expect(pack(Float64Array.of(-4096, 2 ** 44 - 8192), 4096).stored).toBeInstanceOf(Uint32Array);
    expect(pack(Float64Array.of(-1, 2 ** 32), 1).stored).toBeInstanceOf(Float64Array);
  });

  it.each([
    ["a place behind the end of the list", [1, 8, 2]],
    ["a place before it", [1, 8, 1]],
    ["a place 256 further", [1, 8, 0x80, 0x04]],
  ])("with %s is refused", (_, bytes) => {
    const list = { coding: 2, data: Uint8Array.from(bytes), low: new Uint8Array(0) };
    expect(() => listedOf(list, 1)).toThrow(Malformed);
    expect(() => packedOf(list, 1)).toThrow(Malformed);
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

  /** As docs/trace-format.md has it. */
  const oneByOne = (bytes: readonly number[], count: number) => (): readonly number[] => {
    let at = 0;
    const signed = (): number => {
      let value = 0n;
      for (let digits = 0n; digits < 8n; digits++) {
        const byte = bytes[at++];
        if (byte === undefined) throw new Malformed("a number is cut off");
        value += BigInt(byte % 128) * 128n ** digits;
        if (byte < 128) return Number(value % 2n === 0n ? value / 2n : -(value + 1n) / 2n);
      }
      throw new Malformed("a number has too many digits");
    };
    const values = Array.from({ length: count }, signed);
    if (at < bytes.length) throw new Malformed("a column has bytes left");
    return values;
  };

  const together = (bytes: readonly number[], count: number) => (): readonly number[] => {
    const coded = { coding: 0, data: Uint8Array.from(bytes), low: new Uint8Array(0) };
    return [...readerOf(coded, count, columnWant.wide).doubles(0)];
  };

  const digit = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.integer({ min: 128, max: 255 }),
    fc.constantFrom(0x00, 0x7f, 0x80, 0xff),
  );

  it("is read from any bytes like one after the other, errors included", () => {
    fc.assert(
      fc.property(fc.array(digit), fc.nat(8), (bytes, count) => {
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
    const bytes = [...writer.done()];
    expect(together(bytes, numbers.length)()).toEqual(numbers);
  });
});
