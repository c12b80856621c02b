/** At which moment of a fork the copy was made, where other threads of the parent map and unmap meanwhile: its child tells. */

import type { Event, Lifecycle } from "../trace/event.ts";
import { type Events, eventAt, lastUpTo, reordered } from "../trace/events.ts";
import { hasKind } from "../trace/log.ts";
import { Spaces, type Tracks, tracksOf } from "./bundle/spaces.ts";
import { type Effect, effectOf, type Span } from "./effect.ts";
import { began } from "./line-span.ts";

/** So many calls of a child are looked at. */
const patience = 1024;
type State = boolean | undefined;

/** The pieces of space that the calls in question change, and which of them a copy has mapped. */
class Pieces {
  readonly #spans: readonly Span[];
  readonly #mapped: State[];

  constructor(spans: readonly Span[], mapped: readonly State[]) {
    this.#spans = spans;
    this.#mapped = [...mapped];
  }

  /** The copy that is made after the first `count` of these calls. */
  static after(effects: readonly Effect[], count: number): Pieces {
    const edges = effects
      .flatMap(({ frees, takes }) => [...frees, ...takes])
      .flatMap(({ start, end }) => [start, end]);
    const cuts = [...new Set(edges)].sort((a, b) => a - b);
    const spans = cuts.slice(1).map((end, i) => ({ start: cuts[i] ?? end, end }));
    const pieces = new Pieces(
      spans,
      spans.map(() => undefined),
    );
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
    const { need } = searched;
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

const candidateOf = (event: Event): Candidate => ({
  effect: effectOf(event),
  entry: began(event),
  exit: event.line,
});

/** The events of each space by index, in order. */
function bySpace({ spaces }: Tracks): ReadonlyMap<number, readonly number[]> {
  const lists = new Map<number, number[]>();
  spaces.forEach((space, index) => {
    const list = lists.get(space) ?? [];
    list.push(index);
    lists.set(space, list);
  });
  return lists;
}

/** Events of the parent that took effect before or after the copy; `before` is how many stand before the fork. */
interface Around {
  readonly indices: readonly number[];
  readonly before: number;
}

function around(events: Events, own: readonly number[], fork: number, until: number): Around {
  const event = eventAt(events, fork);
  const from = event === undefined ? 0 : began(event);
  const at = lastUpTo(own, fork);
  let first = at;
  while (first > 0 && (eventAt(events, own[first - 1] ?? 0)?.line ?? 0) > from) first -= 1;
  let last = at + 1;
  for (let next = eventAt(events, own[last]); next !== undefined && began(next) < until; ) {
    last += 1;
    next = eventAt(events, own[last]);
  }
  return { indices: [...own.slice(first, at), ...own.slice(at + 1, last)], before: at - first };
}

/** A call in question: what it did, and when it began and returned. */
interface Candidate {
  readonly effect: Effect;
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
const isPossible = (calls: readonly Candidate[], choice: readonly boolean[]): boolean =>
  calls.every(
    ({ entry }, i) => !choice[i] || calls.every(({ exit }, j) => choice[j] || exit >= entry),
  );

/** Which of the calls came before the copy: those that the child's own calls contradict least. */
function copiedAfter(
  calls: readonly Candidate[],
  before: number,
  child: readonly Effect[],
  topDown: boolean,
): readonly boolean[] {
  const effects = calls.map(({ effect }) => effect);
  const faults = (choice: readonly boolean[], most: number): number => {
    const first = effects.filter((_, i) => choice[i]);
    const pieces = Pieces.after([...first, ...effects.filter((_, i) => !choice[i])], first.length);
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

const isFork = (event: Event): event is Lifecycle =>
  event.kind === "lifecycle" && event.lifecycle === "fork" && event.entryLine !== undefined;

/** Events that stand elsewhere, by their index: between which others. */
type Keys = ReadonlyMap<number, number>;

/** Where the events around a fork belong, by what its child did. */
function keysOf(
  events: Events,
  fork: number,
  own: readonly number[],
  child: readonly number[],
  topDown: boolean,
): Keys {
  const keys = new Map<number, number>();
  const event = eventAt(events, fork);
  if (event === undefined) return keys;
  const spoke = eventAt(events, child[0]);
  const until = Math.min(event.line, spoke === undefined ? event.line : began(spoke));
  const { indices, before } = around(events, own, fork, until);
  const calls = indices.map((index) => candidateOf(eventAt(events, index) ?? event));
  if (calls.every(({ effect: { frees, takes } }) => frees.length + takes.length === 0)) return keys;
  const seen = child.slice(0, patience).map((index) => effectOf(eventAt(events, index)));
  const first = copiedAfter(calls, before, seen, topDown);
  indices.forEach((index, i) => {
    const step = (i + 1) / (indices.length + 1);
    if (first[i] !== i < before) keys.set(index, first[i] ? fork - 1 + step : fork + step);
  });
  return keys;
}

/** The order of all events where some have keys of their own, and the others their index. */
function orderBy(keys: Keys, count: number): Uint32Array {
  const moved = [...keys].toSorted(([a, x], [b, y]) => x - y || a - b);
  const order = new Uint32Array(count);
  let next = 0;
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (keys.has(index)) continue;
    for (let one = moved[next]; one !== undefined && one[1] < index; one = moved[next]) {
      order[at++] = one[0];
      next += 1;
    }
    order[at++] = index;
  }
  for (const [index] of moved.slice(next)) order[at++] = index;
  return order;
}

/** Forks that other calls of their space overlap, by index. */
function overlapped(events: Events): readonly number[] {
  const spaces = new Spaces(events);
  const found = new Set<number>();
  /** By space: the line of its last event, and its last fork. */
  const last = new Map<number, number>();
  const forks = new Map<number, { readonly index: number; readonly line: number }>();
  let index = -1;
  for (const event of events) {
    index += 1;
    const { space } = spaces.follow(event);
    const before = forks.get(space);
    if (before !== undefined) {
      if (began(event) < before.line) found.add(before.index);
      forks.delete(space);
    }
    if (isFork(event)) {
      if ((last.get(space) ?? 0) > began(event)) found.add(index);
      forks.set(space, { index, line: event.line });
    }
    last.set(space, event.line);
  }
  return [...found].sort((a, b) => a - b);
}

/**
 * The events with each fork where its child says that the copy was made: between the begin of the call and its end, or
 * the child's first call. Threads of the parent that wait for the lock of the address space come before it or after.
 */
export function placeForks(events: Events, topDown: boolean): Events {
  if (!hasKind(events, "lifecycle") || hasKind(events, "search")) return events;
  const forks = overlapped(events);
  if (forks.length === 0) return events;
  const tracks = tracksOf(events);
  const lists = bySpace(tracks);
  const keys = new Map<number, number>();
  for (const fork of forks) {
    const own = lists.get(tracks.spaces[fork] ?? -1);
    const made = tracks.made.get(fork);
    if (own === undefined || made === undefined) continue;
    const found = keysOf(events, fork, own, lists.get(made.space) ?? [], topDown);
    for (const [moved, key] of found) keys.set(moved, key);
  }
  return keys.size === 0 ? events : reordered(events, orderBy(keys, events.length));
}
