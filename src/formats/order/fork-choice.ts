/** Which calls came before the copy that a fork made, where threads of the parent map and unmap meanwhile: its child tells. */

import type { Effect, Machine } from "./effect.ts";
import { Known } from "./known.ts";
import type { Changes, Piece } from "./pieces.ts";
import type { Rounding } from "./rounding.ts";

/** A call in question: what it did, and when it began and returned. */
export interface Candidate {
  readonly effect: Effect;
  /** What was known next to what it frees and takes, before it. */
  readonly around: readonly Piece[];
  readonly entry: number;
  readonly exit: number;
}

/** More calls than this are cut in two where they are, and then moved one by one, so often at most, as long as that helps. */
const fewCalls = 8;
const mostRounds = 4;

/** Every choice of calls that may have come before the copy, the rest after it: the nearest to the first one first. */
function choices(calls: readonly Candidate[], before: number): readonly (readonly boolean[])[] {
  const cuts = Array.from({ length: calls.length + 1 }, (_, count) =>
    calls.map((_, i) => i < count),
  );
  const all =
    calls.length > fewCalls
      ? cuts
      : [...cuts, ...Array.from({ length: 2 ** calls.length }, (_, n) => bits(n, calls.length))];
  const distance = (choice: readonly boolean[]): number =>
    choice.reduce((sum, chosen, i) => sum + Number(chosen !== i < before), 0);
  return all
    .filter((choice) => isPossible(calls, choice))
    .map((choice) => ({ choice, far: distance(choice) }))
    .sort((one, other) => one.far - other.far)
    .map(({ choice }) => choice);
}

const bits = (number: number, count: number): readonly boolean[] =>
  Array.from({ length: count }, (_, i) => Math.floor(number / 2 ** i) % 2 === 1);

/** No call before the copy began after one had returned that came later than it. */
function isPossible(calls: readonly Candidate[], choice: readonly boolean[]): boolean {
  let [began, returned] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  calls.forEach(({ entry, exit }, i) => {
    if (choice[i]) began = Math.max(began, entry);
    else returned = Math.min(returned, exit);
  });
  return returned >= began;
}

/** True if all calls can have gone as they did in an order in which the chosen ones come first. */
function isOrder(known: Known, effects: readonly Effect[]): boolean {
  const changes: Changes[] = [];
  const isSound = effects.every((effect) => {
    const fits = !known.contradicts(effect);
    changes.push(known.apply(effect));
    return fits;
  });
  for (const change of changes.reverse()) known.undo(change);
  return isSound;
}

/**
 * What is known of the copy that is made after some of the calls, and before the rest; undefined if the calls themselves
 * could not have gone in that order.
 */
function copyOf(
  calls: readonly Candidate[],
  choice: readonly boolean[],
  machine: Machine,
  rounding: Rounding,
): Known | undefined {
  const known = new Known(machine, { rounding, free: () => [] });
  for (const { around } of calls) known.learn(around);
  const first = calls.filter((_, i) => choice[i]).map(({ effect }) => effect);
  const rest = calls.filter((_, i) => !choice[i]).map(({ effect }) => effect);
  const effects = [...first, ...rest];
  // Backwards first: what a call took was free before it, what it freed was mapped.
  for (const { frees, takes } of effects.toReversed()) known.apply({ frees: takes, takes: frees });
  const isCut = choice.lastIndexOf(true) < first.length;
  if (!isCut && !isOrder(known, effects)) return undefined;
  for (const effect of first) known.apply(effect);
  return known;
}

/** Which of the calls came before the copy: those that the child's own calls contradict least. `before` of them stand there. */
export function copiedAfter(
  calls: readonly Candidate[],
  before: number,
  child: readonly Effect[],
  machine: Machine,
  rounding: Rounding,
): readonly boolean[] {
  const faults = (choice: readonly boolean[], most: number): number => {
    const known = copyOf(calls, choice, machine, rounding);
    if (known === undefined) return most;
    let sum = 0;
    for (const effect of child) {
      if (known.contradicts(effect)) sum += 1;
      if (sum >= most) return sum;
      known.apply(effect);
    }
    return sum;
  };
  let best: readonly boolean[] = [];
  let fewest = Number.POSITIVE_INFINITY;
  const isBetter = (choice: readonly boolean[]): boolean => {
    const found = faults(choice, fewest);
    if (found >= fewest) return false;
    [best, fewest] = [choice, found];
    return true;
  };
  for (const choice of choices(calls, before)) if (isBetter(choice) && fewest === 0) return best;
  if (calls.length <= fewCalls) return best;
  for (let round = 0; round < mostRounds; round++) {
    const flips = calls
      .map((_, i) => i)
      .filter((i) => {
        const choice = best.map((chosen, at) => chosen !== (at === i));
        return fewest > 0 && isPossible(calls, choice) && isBetter(choice);
      });
    if (flips.length === 0) break;
  }
  return best;
}
