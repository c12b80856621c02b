/** What the coding of a column says; its numbers are part of the format. */

// biome-ignore-all lint/suspicious/noBitwiseOperators: every column of every block asks, and a division takes several times as long.

/** What stands in a column's bytes. */
export const plain = 0;
export const differences = 1;
/** The distinct values in the order of their first use, then their places. */
export const list = 2;
/** Doubles, eight bytes each, little-endian. */
export const doubles = 3;

/** Each number is followed by how often it comes again. */
export const runs = 4;
/** The bit from which on the power of two stands that values are divided by: six bits. */
const shiftBit = 3;
/** How many low bits stand in the block of those, and above that how many more stand behind the rest of the column: four bits each. */
const apartBit = 9;
const insideBit = 13;
/** How many bits say in which range a number is, three bits; 0 where it is not in one of a few. */
const rangeBit = 17;

/** Lists longer than this need more bytes for places than they save. */
export const longestList = 1024;
/** No column is longer; a damaged count must not fill the memory. */
export const longestColumn: number = 2 ** 24;

export interface Coded {
  readonly coding: number;
  readonly data: Uint8Array;
  /** The low bits that stand apart. */
  readonly low: Uint8Array;
}

type Coding = Pick<Coded, "coding">;

/** What the values of a column are multiples of. */
export function unitOf({ coding }: Coding): number {
  return coding === doubles ? 1 : 2 ** ((coding >>> shiftBit) & 63);
}

/** Numbers are (2^inside * rest + middle) * 2^apart + low; these are the bits of the low and of the middle. */
export interface LowBits {
  readonly apart: number;
  readonly inside: number;
}

export function lowBitsOf({ coding }: Coding): LowBits {
  return { apart: (coding >>> apartBit) & 15, inside: (coding >>> insideBit) & 15 };
}

/** The bits of the place of each number's range; 0 for columns without ranges. */
export function rangeBitsOf({ coding }: Coding): number {
  return coding === doubles ? 0 : (coding >>> rangeBit) & 7;
}

/** True if bits of the column stand in the block of those. */
export function hasLow(coded: Coding): boolean {
  return lowBitsOf(coded).apart > 0 || rangeBitsOf(coded) > 0;
}

/** The coding of a column whose values are multiples of 2^shift. */
export function codingOf(mode: number, shift: number, { apart, inside }: LowBits): number {
  return mode + (shift << shiftBit) + (apart << apartBit) + (inside << insideBit);
}

/** The same of a column of ranges. */
export function rangesCodingOf(mode: number, shift: number, bits: number): number {
  return mode + (shift << shiftBit) + (bits << rangeBit);
}
