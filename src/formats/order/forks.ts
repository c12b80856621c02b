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
import { type Effect, effectOf, type Machine } from "./effect.ts";
import { type Candidate, copiedAfter } from "./fork-choice.ts";
import { Known } from "./known.ts";
import { began } from "./line-span.ts";
import { Rounding } from "./rounding.ts";

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

/** More pieces of a space than this are forgotten. */
const mostKnown = 16_384;

/** What the calls of a space that is copied have shown. */
class Parent {
  readonly known: Known;
  readonly rounding = new Rounding();
  /** The recording has seen the space from its exec on. */
  isWhole = false;

  constructor(machine: Machine) {
    this.known = new Known(machine, undefined, false);
  }

  see(effect: Effect): void {
    if (this.isWhole) this.rounding.see(effect);
    this.known.apply(effect);
    if (this.known.count > mostKnown) this.known.forget();
  }
}

/** What is seen around one fork. */
class Fork {
  readonly index: number;
  readonly parent: number;
  readonly child: number;
  readonly #of: Parent;
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

  constructor([, from = 0, line = 0, index = 0, parent = 0, child = 0]: Row, of: Parent) {
    this.#of = of;
    this.#from = from;
    this.#line = line;
    this.index = index;
    this.parent = parent;
    this.child = child;
  }

  /** An event of the parent's space. */
  own(event: Event, effect: Effect, index: number): void {
    if (index === this.index) this.#isPassed = true;
    else if (!this.#isPassed && event.line <= this.#from) this.#forget();
    else if (this.#isPassed && began(event) >= this.#line) this.#isClosed = true;
    else if (!this.#isClosed && this.#indices.size <= mostCalls) this.#add(event, effect, index);
  }

  #forget(): void {
    this.#before = [];
    this.#indices.clear();
  }

  #add(event: Event, effect: Effect, index: number): void {
    const around = this.#of.known.around(effect);
    const call = { effect, around, entry: began(event), exit: event.line };
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
  settle(moves: Moves, machine: Machine): boolean {
    if (this.#indices.size > mostCalls) return false;
    const until = Math.min(this.#line, this.#spoke ?? this.#line);
    const behind = this.#after.findIndex(({ entry }) => entry >= until);
    const calls = [...this.#before, ...(behind < 0 ? this.#after : this.#after.slice(0, behind))];
    const before = this.#before.length;
    if (calls.every(({ effect: { frees, takes } }) => frees.length + takes.length === 0))
      return true;
    const first = copiedAfter(calls, before, this.#seen, machine, this.#of.rounding);
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
  readonly #machine: Machine;
  readonly #settled: (fork: Fork) => void;
  readonly #byParent = new Map<number, readonly Fork[]>();
  readonly #byChild = new Map<number, readonly Fork[]>();
  /** The spaces that such forks copy. */
  readonly #parents: Map<number, Parent>;

  /** `parents` are the spaces that forks copy. */
  constructor(parents: ReadonlySet<number>, machine: Machine, settled: (fork: Fork) => void) {
    this.#parents = new Map([...parents].map((space) => [space, new Parent(machine)]));
    this.#machine = machine;
    this.#settled = settled;
  }

  /** A fork, as `overlapped` tells it. */
  add(row: Row): void {
    const [, , , , parent = 0, child = 0] = row;
    const fork = new Fork(row, this.#parents.get(parent) ?? new Parent(this.#machine));
    this.#byParent.set(parent, [...(this.#byParent.get(parent) ?? []), fork]);
    this.#byChild.set(child, [...(this.#byChild.get(child) ?? []), fork]);
  }

  see(glance: Glance, space: number): void {
    const own = this.#byParent.get(space);
    const copied = this.#byChild.get(space);
    const parent = this.#parents.get(space);
    if (parent === undefined && copied === undefined) return;
    const event = glance.event();
    const effect = effectOf(event, this.#machine.pageSize);
    for (const fork of copied ?? []) fork.copied(event, effect);
    for (const fork of own ?? []) fork.own(event, effect, glance.index);
    parent?.see(effect);
    if (own !== undefined) this.#settle(own);
    if (copied !== undefined) this.#settle(copied);
  }

  /** A program begins in a new space. */
  begun(space: number): void {
    const parent = this.#parents.get(space);
    if (parent !== undefined) parent.isWhole = true;
  }

  ended(space: number): void {
    this.#parents.delete(space);
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
  const underway = new Underway(parents, machine, (fork) => {
    if (fork.settle(moves, machine)) return;
    const message = `forks that more than ${mostCalls} calls overlap, left where they returned`;
    diagnostics.warn("parse/undecided-order", message, events.at(fork.index)?.line);
  });
  const forks = found[Symbol.iterator]();
  let next = forks.next().value;
  const spaces = new Spaces(events);
  for (const glance of glances(events)) {
    // What stands before a fork and returned when that had begun has a later line.
    for (; next !== undefined && (next[0] ?? 0) <= glance.line; next = forks.next().value)
      underway.add(next);
    const { space, made, ended } = spaces.see(glance);
    if (made !== undefined && made.from === undefined) underway.begun(made.space);
    underway.see(glance, space);
    if (ended !== undefined) underway.ended(ended);
  }
  underway.end();
  return moves.applied(events);
}
