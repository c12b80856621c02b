/** At which moment of a fork the copy was made, where other threads of the parent map and unmap meanwhile. */

import type { Diagnostics } from "../../errors.ts";
import type { Shelf } from "../../trace/block.ts";
import type { Event } from "../../trace/event.ts";
import type { Events } from "../../trace/events.ts";
import { type Glance, glances } from "../../trace/glances.ts";
import { hasKind } from "../../trace/log.ts";
import { Moves } from "../../trace/moves.ts";
import { type Row, SortedRows } from "../../trace/sorted-rows.ts";
import { Spaces } from "../spaces.ts";
import { type Effect, effectOf, type Machine, type Span } from "./effect.ts";
import { type Candidate, copiedAfter } from "./fork-choice.ts";
import { KnownFree } from "./known-free.ts";
import { began } from "./line-span.ts";

/** So many calls of a child are looked at. */
const patience = 1024;
/** A fork that more calls than this overlap stays where it is. */
const mostCalls = 128;

const isFork = ({ lifecycle, entryLine }: Glance): boolean =>
  lifecycle === "fork" && entryLine !== undefined;

/** A fork, and whether the call before it or the next one of its space overlaps it. */
interface Seen {
  readonly row: Row;
  readonly line: number;
  readonly isOverlapped: boolean;
}

/**
 * Forks that other calls of their space overlap: the lower one of the lines of begin and end, those lines, the index, and
 * the spaces of parent and child.
 */
function overlapped(events: Events, shelf: Shelf | undefined): SortedRows {
  const found = new SortedRows(shelf);
  const spaces = new Spaces(events);
  /** By space: the line of its last event, and the fork that this was. */
  const lines = new Map<number, number>();
  const forks = new Map<number, Seen>();
  for (const glance of glances(events)) {
    const { space, made, ended } = spaces.see(glance);
    const { index, line, began: from } = glance;
    const before = forks.get(space);
    if (before !== undefined) {
      if (before.isOverlapped || from < before.line) found.push(before.row);
      forks.delete(space);
    }
    if (made !== undefined && isFork(glance)) {
      const isOverlapped = (lines.get(space) ?? 0) > from;
      const row = [Math.min(from, line), from, line, index, space, made.space];
      forks.set(space, { row, line, isOverlapped });
    }
    lines.set(space, line);
    if (ended === undefined) continue;
    if (forks.get(ended)?.isOverlapped) found.push(forks.get(ended)?.row ?? []);
    forks.delete(ended);
    lines.delete(ended);
  }
  for (const { row, isOverlapped } of forks.values()) if (isOverlapped) found.push(row);
  return found;
}

/** What is known to be free next to what a call frees and takes. */
function margins(known: KnownFree, { frees, takes }: Effect): readonly Span[] {
  return [...frees, ...takes].flatMap((span) => {
    const { start, end } = known.around(span);
    const [below, above] = [Number(start), Number(end)];
    return [
      { start: below, end: span.start },
      { start: span.end, end: above },
    ].filter((margin) => margin.end > margin.start);
  });
}

/** What is seen around one fork. */
class Fork {
  readonly index: number;
  readonly parent: number;
  readonly child: number;
  readonly #from: number;
  readonly #line: number;
  /** Calls of the parent right before it that returned after it had begun, and right behind it that began before it ended. */
  #before: Candidate[] = [];
  readonly #after: Candidate[] = [];
  readonly #indices = new Map<Candidate, number>();
  readonly #seen: Effect[] = [];
  /** Line on which the child's first call began. */
  #spoke: number | undefined;
  #isPassed = false;
  #isClosed = false;
  #hasChild = true;

  constructor([, from = 0, line = 0, index = 0, parent = 0, child = 0]: Row) {
    this.#from = from;
    this.#line = line;
    this.index = index;
    this.parent = parent;
    this.child = child;
  }

  /** An event of the parent's space. */
  own(event: Event, effect: Effect, known: KnownFree, index: number): void {
    if (index === this.index) this.#isPassed = true;
    else if (!this.#isPassed && event.line <= this.#from) this.#forget();
    else if (this.#isPassed && began(event) >= this.#line) this.#isClosed = true;
    else if (!this.#isClosed && this.#indices.size <= mostCalls)
      this.#add(
        { effect, around: margins(known, effect), entry: began(event), exit: event.line },
        index,
      );
  }

  #forget(): void {
    this.#before = [];
    this.#indices.clear();
  }

  #add(call: Candidate, index: number): void {
    this.#indices.set(call, index);
    (this.#isPassed ? this.#after : this.#before).push(call);
  }

  /** An event of the child's space. */
  copied(event: Event, effect: Effect): void {
    this.#spoke ??= began(event);
    if (this.#seen.length < patience) this.#seen.push(effect);
  }

  /** A space has lost its last task. */
  ended(space: number): void {
    if (space === this.parent) this.#isClosed = true;
    if (space === this.child) this.#hasChild = false;
  }

  /** Nothing that comes will change the answer. */
  get isSettled(): boolean {
    if (!(this.#isPassed && this.#isClosed)) return false;
    const isAsked = [...this.#before, ...this.#after].some(
      ({ effect: { frees, takes } }) => frees.length + takes.length > 0,
    );
    return !isAsked || !this.#hasChild || this.#seen.length === patience;
  }

  /** Put to their place the calls that stand on the wrong side; false if there are too many to tell. */
  settle(moves: Moves, topDown: boolean): boolean {
    if (this.#indices.size > mostCalls) return false;
    const until = Math.min(this.#line, this.#spoke ?? this.#line);
    const behind = this.#after.findIndex(({ entry }) => entry >= until);
    const calls = [...this.#before, ...(behind < 0 ? this.#after : this.#after.slice(0, behind))];
    const before = this.#before.length;
    if (calls.every(({ effect: { frees, takes } }) => frees.length + takes.length === 0))
      return true;
    const first = copiedAfter(calls, before, this.#seen, topDown);
    calls.forEach((call, i) => {
      const isFirst = first[i] === true;
      const step = (i + 1) / (calls.length + 1);
      const key = isFirst ? this.index - 1 + step : this.index + step;
      if (isFirst !== i < before) moves.put(this.#indices.get(call) ?? 0, key, this.index);
    });
    return true;
  }
}

/** Forks under way, or whose child has not told all. */
class Underway {
  readonly #page: number;
  readonly #settled: (fork: Fork) => void;
  readonly #byParent = new Map<number, readonly Fork[]>();
  readonly #byChild = new Map<number, readonly Fork[]>();
  /** What is known to be free in each space that such forks copy. */
  readonly #known: Map<number, KnownFree>;

  /** The spaces that forks copy, and the page size in bytes. */
  constructor(parents: ReadonlySet<number>, page: number, settled: (fork: Fork) => void) {
    this.#known = new Map([...parents].map((space) => [space, new KnownFree()]));
    this.#page = page;
    this.#settled = settled;
  }

  add(fork: Fork): void {
    const { parent, child } = fork;
    this.#byParent.set(parent, [...(this.#byParent.get(parent) ?? []), fork]);
    this.#byChild.set(child, [...(this.#byChild.get(child) ?? []), fork]);
  }

  see(glance: Glance, space: number): void {
    const own = this.#byParent.get(space);
    const copied = this.#byChild.get(space);
    const known = this.#known.get(space);
    if (known === undefined && copied === undefined) return;
    const event = glance.event();
    const effect = effectOf(event, this.#page);
    for (const fork of copied ?? []) fork.copied(event, effect);
    if (known !== undefined) {
      for (const fork of own ?? []) fork.own(event, effect, known, glance.index);
      for (const span of effect.frees) known.add(span);
      for (const span of effect.takes) known.take(span);
    }
    if (own !== undefined) this.#settle(own);
    if (copied !== undefined) this.#settle(copied);
  }

  ended(space: number): void {
    this.#known.delete(space);
    const concerned = [...(this.#byParent.get(space) ?? []), ...(this.#byChild.get(space) ?? [])];
    for (const fork of concerned) fork.ended(space);
    this.#settle(concerned);
  }

  end(): void {
    for (const forks of this.#byParent.values()) forks.forEach(this.#settled);
  }

  #settle(forks: readonly Fork[]): void {
    for (const fork of forks) {
      if (!fork.isSettled) continue;
      without(this.#byParent, fork.parent, fork);
      without(this.#byChild, fork.child, fork);
      this.#settled(fork);
    }
  }
}

function without(forks: Map<number, readonly Fork[]>, space: number, fork: Fork): void {
  const left = forks.get(space)?.filter((one) => one !== fork) ?? [];
  if (left.length > 0) forks.set(space, left);
  else forks.delete(space);
}

/**
 * The events with each fork where its child says that the copy was made: between the begin of the call and its end, or
 * the child's first call. Threads of the parent that wait for the lock of the address space come before it or after.
 */
export function placeForks(
  events: Events,
  machine: Machine,
  diagnostics: Diagnostics,
  shelf?: Shelf,
): Iterable<Event> {
  if (!hasKind(events, "lifecycle") || hasKind(events, "search")) return events;
  const found = overlapped(events, shelf);
  if (found.isEmpty) return events;
  const moves = new Moves(shelf);
  const parents = new Set<number>();
  for (const [, , , , parent = 0] of found) parents.add(parent);
  const underway = new Underway(parents, machine.pageSize, (fork) => {
    if (fork.settle(moves, machine.topDown)) return;
    const message = `forks that more than ${mostCalls} calls overlap, left where they returned`;
    diagnostics.warn("parse/undecided-order", message, events.at(fork.index)?.line);
  });
  const forks = found[Symbol.iterator]();
  let next = forks.next().value;
  const spaces = new Spaces(events);
  for (const glance of glances(events)) {
    // What stands before a fork and returned when that had begun has a later line.
    for (; next !== undefined && (next[0] ?? 0) <= glance.line; next = forks.next().value)
      underway.add(new Fork(next));
    const { space, ended } = spaces.see(glance);
    underway.see(glance, space);
    if (ended !== undefined) underway.ended(ended);
  }
  underway.end();
  return moves.applied(events);
}
