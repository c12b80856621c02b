/** How a column of whole numbers becomes few bytes: as they are, as differences, as places in a list, with runs, or without their low bits. */

import { brotliCompressSync, constants } from "node:zlib";
import { rangingOf } from "./choose-ranges.ts";
import {
  type Coded,
  codingOf,
  differences,
  doubles,
  type LowBits,
  list,
  plain,
  rangesCodingOf,
  runs,
} from "./coding.ts";
import { placesOf } from "./listed.ts";
import { highOf, lowBytes, lowOf } from "./low-bits.ts";
import { ByteWriter, joined } from "./varint.ts";

const nothing = new Uint8Array(0);

/** Undefined if a difference is too large to be stored. */
function differencesOf(values: Float64Array): Float64Array | undefined {
  const result = new Float64Array(values.length);
  let last = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const difference = value - last;
    if (difference < -(2 ** 52) || difference >= 2 ** 53) return undefined;
    result[i] = difference;
    last = value;
  }
  return result;
}

/** Calls back for each run of equal numbers. */
function eachRun(values: Float64Array, run: (value: number, more: number) => void): void {
  for (let start = 0; start < values.length; ) {
    const value = values[start] ?? 0;
    let end = start + 1;
    while (end < values.length && values[end] === value) end += 1;
    run(value, end - start - 1);
    start = end;
  }
}

interface Plan {
  readonly mode: number;
  readonly prefix: readonly number[];
  readonly numbers: Float64Array;
}

function write({ mode, prefix, numbers }: Plan): Uint8Array {
  const writer = new ByteWriter();
  if (mode % runs === list) writer.unsigned(prefix.length);
  for (const value of prefix) writer.signed(value);
  if (mode >= runs) {
    eachRun(numbers, (value, more) => {
      writer.signed(value);
      writer.unsigned(more);
    });
  } else for (const value of numbers) writer.signed(value);
  return writer.done();
}

/** All that a column can be. */
function plansOf(values: Float64Array): readonly Plan[] {
  const plans: Plan[] = [{ mode: plain, prefix: [], numbers: values }];
  const steps = differencesOf(values);
  if (steps !== undefined) plans.push({ mode: differences, prefix: [], numbers: steps });
  const listed = placesOf(values);
  if (listed !== undefined) {
    plans.push({ mode: list, prefix: listed.distinct, numbers: listed.places });
  }
  return plans.flatMap((plan) => [plan, { ...plan, mode: plan.mode + runs }]);
}

/** How many low bits are tried apart, alone and above them more of them inside: those of a number must not cross bytes. */
const aparts = [1, 2, 3, 4, 5, 6, 8, 10, 12] as const;
const allApart = [7, 8, 9, 10, 11, 12, 13, 14, 15] as const;
const insides = [1, 2, 4] as const;
const insideApart = 4;
/** Columns of fewer numbers are left whole. */
const fewestNoisy = 32;
/** Numbers in the middle of a column that are enough to choose its coding, and the low bits apart. */
const sampled = 8192;
const noiseSampled = 1024;
/** What a byte costs before it is compressed, beside one after that. */
const rawCost: number = 1 / 4;

/** Bytes that a coder of single bytes needs for these. */
function coderBytes(bytes: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  const bits = counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - count * Math.log2(count / bytes.length)),
    0,
  );
  return bits / 8;
}

function compressedBytes(bytes: Uint8Array): number {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };
  return brotliCompressSync(bytes, { params }).length + rawCost * bytes.length;
}

/** Bytes that columns take of a file. */
export function storedLength(columns: readonly Coded[]): number {
  const low = columns.reduce((sum, column) => sum + column.low.length, 0);
  return packedLength(joined(columns.map(({ data }) => data))) + low;
}

/** About how many bytes of a file these take. */
export function packedLength(bytes: Uint8Array): number {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  return brotliCompressSync(bytes, { params }).length;
}

interface Choice extends LowBits {
  readonly mode: number;
  readonly cost: number;
}

/** The numbers that are not 0: how many, then each behind the number of zeros before it. */
function exceptions(numbers: Float64Array): Uint8Array {
  const [all, writer] = [new ByteWriter(), new ByteWriter()];
  let [count, start] = [0, 0];
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] ?? 0;
    if (value === 0) continue;
    writer.unsigned(i - start);
    writer.signed(value);
    count += 1;
    start = i + 1;
  }
  all.unsigned(count);
  all.bytes(writer.done());
  return all.done();
}

/** The bytes of a plan but for the bits apart. */
function bytesOf(plan: Plan, { apart, inside }: LowBits): Uint8Array {
  if (apart + inside === 0) return write(plan);
  const numbers = highOf(plan.numbers, apart);
  const rest = highOf(numbers, inside);
  if (plan.mode < runs) return joined([write({ ...plan, numbers: rest }), lowOf(numbers, inside)]);
  const list = write({ ...plan, mode: plan.mode - runs, numbers: new Float64Array(0) });
  return joined([list, exceptions(rest), lowOf(numbers, inside)]);
}

/** What low bits apart would cost: beside them the compressor finds no repeats. */
function apartCosts(plan: Plan): readonly Choice[] {
  const { mode, numbers } = plan;
  const cost = (apart: number, inside: number): Choice => {
    const bytes = bytesOf(plan, { apart, inside });
    const low = lowBytes(numbers.length, apart) * (1 + rawCost);
    return { mode, apart, inside, cost: coderBytes(bytes) + rawCost * bytes.length + low };
  };
  if (mode < runs) return aparts.map((apart) => cost(apart, 0));
  return [
    ...aparts.map((apart) => cost(apart, insideApart)),
    ...allApart.map((apart) => cost(apart, 0)),
  ];
}

/** Codings that are compressed to see what comes of them: the shortest ones. */
const compared = 5;

/** The cost of codings without bits apart. */
function insideCosts(plans: readonly Plan[]): readonly Choice[] {
  const written = plans.flatMap((plan) => {
    const all = plan.mode < runs ? [0] : [0, ...insides];
    return all.map((inside) => {
      const choice = { mode: plan.mode, apart: 0, inside };
      return { choice, bytes: bytesOf(plan, choice) };
    });
  });
  written.sort((a, b) => a.bytes.length - b.bytes.length);
  return written
    .slice(0, compared)
    .map(({ choice, bytes }) => ({ ...choice, cost: compressedBytes(bytes) }));
}

/** So many numbers in the middle, and with them as much of the list as falls to them. */
function middle({ mode, prefix, numbers }: Plan, count: number): Plan {
  const skipped = Math.max(0, Math.floor((numbers.length - count) / 2));
  const some = numbers.subarray(skipped, skipped + count);
  const share = Math.ceil((prefix.length * some.length) / Math.max(1, numbers.length));
  return { mode, prefix: prefix.slice(0, share), numbers: some };
}

/** The cheapest of what is tried with so many numbers; costs are those of one number. */
function cheapest(
  plans: readonly Plan[],
  count: number,
  costs: (plans: readonly Plan[]) => readonly Choice[],
): Choice {
  const some = plans.map((plan) => middle(plan, count));
  const best = costs(some).reduce((least, one) => (one.cost < least.cost ? one : least));
  return { ...best, cost: best.cost / (some[0]?.numbers.length ?? 1) };
}

/** The coding that the compressor makes least of. */
function choiceFor(plans: readonly Plan[], count: number): Choice {
  const repeats = cheapest(plans, sampled, insideCosts);
  if (count < fewestNoisy) return repeats;
  const noise = cheapest(plans, noiseSampled, (some) => some.flatMap(apartCosts));
  return noise.cost < repeats.cost ? noise : repeats;
}

/** What bits apart cost. */
const lowCost = (bytes: number): number => bytes * (1 + rawCost);

/** What a column costs, all in all. */
const costOf = ({ data, low }: Pick<Coded, "data" | "low">): number =>
  compressedBytes(data) + lowCost(low.length);

/** The column, or its values or differences in ranges where those cost less. */
function orRanged(chosen: Coded, plans: readonly Plan[], shift: number): Coded {
  let [best, least] = [chosen, costOf(chosen)];
  for (const { mode, numbers } of plans) {
    if (mode !== plain && mode !== differences) continue;
    const ranging = rangingOf(numbers);
    // What is compressed beside these bits costs something too.
    if (ranging === undefined || lowCost(ranging.lowBytes) >= least) continue;
    const { bits, data, low } = ranging.write();
    const cost = costOf({ data, low });
    if (cost >= least) continue;
    [best, least] = [{ coding: rangesCodingOf(mode, shift, bits), data, low }, cost];
  }
  return best;
}

/** Columns that cost less, in bytes for a number, are left as they are: ranges take long to find. */
const cheap = 0.05;

/** Whole numbers from -2^52 to 2^53 - 1, each 2^shift times what is given, in the coding that takes the least of the file. */
export function encodeNumbers(values: Float64Array, shift: number): Coded {
  const plans = plansOf(values);
  const choice = choiceFor(plans, values.length);
  const plan = plans.find(({ mode }) => mode === choice.mode);
  if (plan === undefined) throw new Error("no coding");
  const chosen: Coded = {
    coding: codingOf(plan.mode, shift, choice),
    data: bytesOf(plan, choice),
    low: choice.apart === 0 ? nothing : lowOf(plan.numbers, choice.apart),
  };
  if (values.length < fewestNoisy || choice.cost < cheap) return chosen;
  return orRanged(chosen, plans, shift);
}

/** Doubles that no common unit makes whole. */
export function encodeDoubles(values: Float64Array): Coded {
  const data = new Uint8Array(values.length * 8);
  const view = new DataView(data.buffer);
  for (const [index, value] of values.entries()) view.setFloat64(index * 8, value, true);
  return { coding: doubles, data, low: nothing };
}
