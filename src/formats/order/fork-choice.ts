/** Which calls came before the copy that a fork made, where threads of the parent map and unmap meanwhile: its child tells. */

import type { Effect, Span } from "./effect.ts";

type State = boolean | undefined;

/** The pieces of space that the calls in question change and what is free around these, and which of them a copy has mapped. */
class Pieces {
  readonly #spans: readonly Span[];
  readonly #mapped: State[];

  constructor(spans: readonly Span[], mapped: readonly State[]) {
    this.#spans = spans;
    this.#mapped = [...mapped];
  }

  /** The copy that is made after the first `count` of these calls; `around` was free when they began. */
  static after(effects: readonly Effect[], count: number, around: readonly Span[]): Pieces {
    const changed = effects.flatMap(({ frees, takes }) => [...frees, ...takes]);
    const edges = [...changed, ...around].flatMap(({ start, end }) => [start, end]);
    const cuts = [...new Set(edges)].sort((a, b) => a - b);
    const spans = cuts.slice(1).map((end, i) => ({ start: cuts[i] ?? end, end }));
    const pieces = new Pieces(
      spans,
      spans.map(() => undefined),
    );
    for (const span of around) pieces.#set(span, false);
    // Backwards first: what a call took was free before it, what it freed was mapped.
    for (const { frees, takes } of effects.toReversed()) {
      for (const span of takes) pieces.#set(span, false);
      for (const span of frees) pieces.#set(span, true);
    }
    for (const effect of effects.slice(0, count)) pieces.apply(effect);
    return pieces;
  }

  #set({ start, end }: Span, state: boolean): void {
    this.#spans.forEach((piece, i) => {
      if (piece.start >= end || start >= piece.end) return;
      const whole = start <= piece.start && piece.end <= end;
      this.#mapped[i] = whole ? state : undefined;
    });
  }

  apply({ frees, takes }: Effect): void {
    for (const span of frees) this.#set(span, false);
    for (const span of takes) this.#set(span, true);
  }

  /** True if the kernel could not have found that place here. */
  contradicts({ found, searched }: Effect, topDown: boolean): boolean {
    if (searched === undefined || found === undefined) return false;
    const need = searched.size + searched.align;
    let run = 0;
    let previous = 0;
    for (const [i, { start, end }] of this.#spans.entries()) {
      const mapped = this.#mapped[i];
      if (mapped === true && start < found.end && found.start < end) return true;
      const first = topDown ? start >= found.end : end <= found.start;
      run = mapped === false && first ? (start === previous ? run : 0) + end - start : 0;
      previous = end;
      if (run >= need) return true;
    }
    return false;
  }
}

/** A call in question: what it did, and when it began and returned. */
export interface Candidate {
  readonly effect: Effect;
  /** What was known to be free next to what it frees and takes, before it. */
  readonly around: readonly Span[];
  readonly entry: number;
  readonly exit: number;
}

/** More calls than this are only cut in two where they are, not chosen one by one. */
const fewCalls = 8;

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

/** Which of the calls came before the copy: those that the child's own calls contradict least. `before` of them stand there. */
export function copiedAfter(
  calls: readonly Candidate[],
  before: number,
  child: readonly Effect[],
  topDown: boolean,
): readonly boolean[] {
  const effects = calls.map(({ effect }) => effect);
  const around = calls.flatMap((call) => call.around);
  const faults = (choice: readonly boolean[], most: number): number => {
    const first = effects.filter((_, i) => choice[i]);
    const rest = effects.filter((_, i) => !choice[i]);
    const pieces = Pieces.after([...first, ...rest], first.length, around);
    let sum = 0;
    for (const effect of child) {
      if (pieces.contradicts(effect, topDown)) sum += 1;
      if (sum >= most) return sum;
      pieces.apply(effect);
    }
    return sum;
  };
  let best: readonly boolean[] = [];
  let fewest = Number.POSITIVE_INFINITY;
  for (const choice of choices(calls, before)) {
    const found = faults(choice, fewest);
    if (found >= fewest) continue;
    [best, fewest] = [choice, found];
    if (found === 0) break;
  }
  return best;
}
