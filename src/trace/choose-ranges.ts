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

function groupsOf(values: Float64Array): readonly Group[] {
  const sorted = values.slice().sort();
  const gaps = new Float64Array(Math.max(0, sorted.length - 1));
  for (let i = 0; i < gaps.length; i++) gaps[i] = (sorted[i + 1] ?? 0) - (sorted[i] ?? 0);
  const gap = Math.max(1, gaps.slice().sort().at(-widestGaps) ?? 0);
  const groups: Group[] = [];
  let start = 0;
  for (let i = 1; i <= sorted.length; i++) {
    const [before, value] = [sorted[i - 1] ?? 0, sorted[i]];
    const isOn = value !== undefined && value - before <= gap && leading(value) === leading(before);
    if (isOn) continue;
    groups.push({ least: sorted[start] ?? 0, most: before, count: i - start });
    start = i;
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

/** Numbers one behind the other, each of as many bits as its width says. */
function packedBits(numbers: Float64Array, widths: Uint8Array): Uint8Array {
  const bits = widths.reduce((sum, width) => sum + width, 0);
  const bytes = new Uint8Array(lowBytes(bits, 1));
  let place = 0;
  for (const [index, number] of numbers.entries()) {
    let rest = number;
    for (let left = widths[index] ?? 0; left > 0; ) {
      const taken = Math.min(left, 8 - (place & 7));
      const part = 2 ** taken;
      const at = place >>> 3;
      bytes[at] = (bytes[at] ?? 0) | ((rest % part) << (place & 7));
      rest = Math.floor(rest / part);
      place += taken;
      left -= taken;
    }
  }
  return bytes;
}

/** The bytes of numbers in ranges, and the bits that stand apart. */
interface Ranged {
  /** Of the place of a range. */
  readonly bits: number;
  readonly data: Uint8Array;
  readonly low: Uint8Array;
}

/** The numbers in the ranges that take the fewest bits; undefined if none hold them all. */
export function rangedBytes(values: Float64Array): Ranged | undefined {
  const found = divided(values);
  if (found === undefined) return undefined;
  const { ranges, bits } = found;
  const places = values.map((value) => ranges.findLastIndex(({ start }) => start <= value));
  const widths = Uint8Array.from(places, (place) => ranges[place]?.width ?? 0);
  const inside = values.map((value, index) => value - (ranges[places[index] ?? 0]?.start ?? 0));
  const writer = new ByteWriter();
  writeRanges(writer, ranges);
  return {
    bits,
    data: joined([writer.done(), lowOf(places, bits)]),
    low: packedBits(inside, widths),
  };
}
