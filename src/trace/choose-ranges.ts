/** Which ranges of numbers a column is best divided into, so that few bits say where in its range each number is. */

// biome-ignore-all lint/suspicious/noBitwiseOperators: bits are packed here.

import { lowBytes, lowOf } from "./low-bits.ts";
import { type NumberRange, widestRange, writeRanges } from "./ranges.ts";
import { ByteWriter, joined } from "./varint.ts";

/** Numbers next to each other, which stay in one range. */
interface Group {
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

/** Gaps between numbers of a column at which a range may end; beside them one may where the leading binary digits change. */
const widestGaps = 256;
const leadingParts = 16;

/** The sign, the size and the four digits behind the first one. */
function leading(value: number): number {
  const size = Math.abs(value);
  if (size < leadingParts) return value;
  const power = Math.floor(Math.log2(size));
  return Math.sign(value) * (1 + power + Math.floor((size / 2 ** power) * leadingParts) * 64);
}

/** The distinct numbers of a column, ascending, and how many it has of each. */
function distinctOf(values: Float64Array): {
  readonly distinct: Float64Array;
  readonly counts: Uint32Array;
} {
  const distinct = values.slice().sort();
  const counts = new Uint32Array(distinct.length);
  let last = -1;
  for (const value of distinct) {
    if (last < 0 || distinct[last] !== value) distinct[++last] = value;
    counts[last] = (counts[last] ?? 0) + 1;
  }
  return { distinct: distinct.subarray(0, last + 1), counts };
}

function groupsOf(values: Float64Array): readonly Group[] {
  const { distinct, counts } = distinctOf(values);
  const gaps = new Float64Array(Math.max(0, distinct.length - 1));
  for (let i = 0; i < gaps.length; i++) gaps[i] = (distinct[i + 1] ?? 0) - (distinct[i] ?? 0);
  const gap = Math.max(1, gaps.sort().at(-widestGaps) ?? 0);
  const groups: Group[] = [];
  let [start, count, digits] = [0, 0, leading(distinct[0] ?? 0)];
  for (let i = 1; i <= distinct.length; i++) {
    const [before, value] = [distinct[i - 1] ?? 0, distinct[i]];
    count += counts[i - 1] ?? 0;
    const own = value === undefined ? 0 : leading(value);
    if (value !== undefined && value - before <= gap && own === digits) continue;
    groups.push({ least: distinct[start] ?? 0, most: before, count });
    [start, count, digits] = [i, 0, own];
  }
  return groups;
}

/** A range from the first of some groups on: where the groups behind it begin, how wide it is, and the bits in it. */
interface Step {
  readonly next: number;
  readonly width: number;
  readonly bits: number;
}

/** The ranges that may begin with a group, the narrowest first. */
function stepsFrom(groups: readonly Group[], from: number): readonly Step[] {
  const steps: Step[] = [];
  const least = groups[from]?.least ?? 0;
  let [next, count] = [from, 0];
  for (let width = 0; width <= widestRange && next < groups.length; width++) {
    const before = next;
    for (let group = groups[next]; group !== undefined; group = groups[next]) {
      if (group.most - least >= 2 ** width) break;
      count += group.count;
      next += 1;
    }
    if (next > before) steps.push({ next, width, bits: count * width });
  }
  return steps;
}

/** Bits that a range takes before the numbers. */
const rangeBits = 24;

/** Places of ranges are 1, 2 or 4 bits, so that none lies in two bytes. */
const placeBits = [1, 2, 4] as const;
const mostRanges: number = 2 ** 4;

interface Divided {
  readonly ranges: readonly NumberRange[];
  /** Of the place of a range. */
  readonly bits: number;
}

/** The ranges of so many steps. */
function follow(
  groups: readonly Group[],
  chosen: readonly (readonly (Step | undefined)[])[],
  count: number,
): readonly NumberRange[] {
  const ranges: NumberRange[] = [];
  for (let from = 0, left = count; from < groups.length; left--) {
    const step = chosen[left - 1]?.[from];
    if (step === undefined) throw new Error("no range");
    ranges.push({ start: groups[from]?.least ?? 0, width: step.width });
    from = step.next;
  }
  return ranges;
}

/** The division that takes the fewest bits; undefined if no ranges hold all numbers. Tries all, from the last group back. */
function divided(values: Float64Array): Divided | undefined {
  const groups = groupsOf(values);
  const steps = groups.map((_, from) => stepsFrom(groups, from));
  const chosen: (Step | undefined)[][] = [];
  const nothing = new Float64Array(groups.length + 1).fill(Number.POSITIVE_INFINITY);
  nothing[groups.length] = 0;
  let costs = nothing;
  let least = Number.POSITIVE_INFINITY;
  let best: { count: number; bits: number } | undefined;
  for (let count = 1; count <= mostRanges; count++) {
    const next = nothing.slice();
    chosen.push(steps.map((all, from) => cheapestStep(all, costs, next, from)));
    costs = next;
    const bits = placeBits.find((one) => 2 ** one === count);
    if (bits === undefined) continue;
    const cost = (costs[0] ?? 0) + bits * values.length;
    if (cost >= least) continue;
    least = cost;
    best = { count, bits };
  }
  return best && { ranges: follow(groups, chosen, best.count), bits: best.bits };
}

/** The best of the steps, whose cost is put down; `costs` are those of the groups behind it. */
function cheapestStep(
  steps: readonly Step[],
  costs: Float64Array,
  put: Float64Array,
  from: number,
): Step | undefined {
  let best: Step | undefined;
  for (const step of steps) {
    const cost = step.bits + rangeBits + (costs[step.next] ?? 0);
    if (cost >= (put[from] ?? 0)) continue;
    put[from] = cost;
    best = step;
  }
  return best;
}

/** Puts numbers one behind the other, each of as many bits as is said. */
class BitWriter {
  readonly bytes: Uint8Array;
  #place = 0;

  constructor(bits: number) {
    this.bytes = new Uint8Array(lowBytes(bits, 1));
  }

  put(number: number, bits: number): void {
    let rest = number;
    for (let left = bits; left > 0; ) {
      const taken = Math.min(left, 8 - (this.#place & 7));
      const part = 2 ** taken;
      const at = this.#place >>> 3;
      this.bytes[at] = (this.bytes[at] ?? 0) | ((rest % part) << (this.#place & 7));
      rest = Math.floor(rest / part);
      this.#place += taken;
      left -= taken;
    }
  }
}

/** The bytes of numbers in ranges, and the bits that stand apart. */
interface Ranged {
  /** Of the place of a range. */
  readonly bits: number;
  readonly data: Uint8Array;
  readonly low: Uint8Array;
}

/** A division of a column into ranges. */
export interface Ranging {
  /** Bytes of the bits that will stand apart. */
  readonly lowBytes: number;
  readonly write: () => Ranged;
}

/** The numbers in the ranges that take the fewest bits; undefined if none hold them all. */
export function rangingOf(values: Float64Array): Ranging | undefined {
  const found = divided(values);
  if (found === undefined) return undefined;
  const places = placesIn(values, found.ranges);
  const widths = found.ranges.map(({ width }) => width);
  const bits = places.reduce((sum, place) => sum + (widths[place] ?? 0), 0);
  return { lowBytes: lowBytes(bits, 1), write: () => ranged(values, found, places, bits) };
}

/** The place of each number's range: the last one that starts at or below it. */
function placesIn(values: Float64Array, ranges: readonly NumberRange[]): Float64Array {
  const starts = Float64Array.from(ranges, ({ start }) => start);
  const places = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    let place = starts.length - 1;
    while ((starts[place] ?? value) > value) place -= 1;
    places[i] = place;
  }
  return places;
}

function ranged(
  values: Float64Array,
  { ranges, bits }: Divided,
  places: Float64Array,
  lowBits: number,
): Ranged {
  const low = new BitWriter(lowBits);
  for (let i = 0; i < values.length; i++) {
    const { start = 0, width = 0 } = ranges[places[i] ?? 0] ?? {};
    low.put((values[i] ?? 0) - start, width);
  }
  const writer = new ByteWriter();
  writeRanges(writer, ranges);
  return { bits, data: joined([writer.done(), lowOf(places, bits)]), low: low.bytes };
}
