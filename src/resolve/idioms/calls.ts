/** Which memory calls a thread made one after the other, and what ops each became. */

import type { Call, Event } from "../../trace/event.ts";
import type { Events } from "../../trace/events.ts";
import { type OpTable, opNumber } from "../op-table.ts";
import type { Op, Program } from "../program.ts";

const own = new Set("mmap munmap mremap brk mprotect shmat shmdt".split(" "));

/** The calls that decide whether a cut came next; madvise and locks are transparent. */
function isOwn(event: Event): event is Call {
  return event.kind === "call" && own.has(event.call);
}

/** A memory call of one thread, and where the next one is. */
export interface Step {
  readonly call: Call;
  /** Index of the event. */
  readonly event: number;
  /** Indices of its ops, in order. */
  readonly ops: readonly number[];
}

/** What each op takes part of, by object. */
function eachTouch(ops: OpTable, put: (object: number, op: number) => void): void {
  const { kind, atObject, sourceObject } = ops;
  for (let index = 0; index < kind.length; index++) {
    const at = atObject[index] ?? -1;
    const source = sourceObject[index] ?? -1;
    switch (kind[index]) {
      case opNumber.release:
      case opNumber.protect:
      case opNumber.fix:
        if (at > 0) put(at, index);
        if (source >= 0) put(source, index);
        break;
      case opNumber.map:
        if (source >= 0) put(source, index);
        break;
      default:
    }
  }
}

const known = new WeakMap<Program, Calls>();

/** The calls of a program and the events that it was resolved from, found once. */
export function callsOf(program: Program, events: Events): Calls {
  const calls = known.get(program) ?? new Calls(program, events);
  known.set(program, calls);
  return calls;
}

/** Lists by number, one after the other in one array. */
class Lists {
  readonly #starts: Int32Array;
  readonly #items: Int32Array;

  /** `each` tells all pairs, the same ones twice: a list's number, and what it holds next. */
  constructor(count: number, each: (put: (list: number, item: number) => void) => void) {
    const starts = new Int32Array(count + 1);
    each((list) => {
      if (list >= 0 && list < count) starts[list + 1] = (starts[list + 1] ?? 0) + 1;
    });
    for (let list = 0; list < count; list++)
      starts[list + 1] = (starts[list + 1] ?? 0) + (starts[list] ?? 0);
    const next = starts.slice();
    this.#items = new Int32Array(starts[count] ?? 0);
    each((list, item) => {
      if (list < 0 || list >= count) return;
      this.#items[next[list] ?? 0] = item;
      next[list] = (next[list] ?? 0) + 1;
    });
    this.#starts = starts;
  }

  of(list: number): readonly number[] {
    if (list < 0 || list + 1 >= this.#starts.length) return [];
    return [...this.#items.subarray(this.#starts[list], this.#starts[list + 1])];
  }
}

export class Calls {
  readonly program: Program;
  readonly #events: Events;
  /** By op: the space that was current. */
  readonly spaceOf: Int32Array;
  /** By thread: the events of its calls. */
  readonly #threads: number[][] = [];
  /** By event: its thread or -1, and its place in the thread's calls. */
  readonly #thread: Int32Array;
  readonly #place: Int32Array;
  readonly #opsOf: Lists;
  /** By object: ops that unmap, replace, protect or move part of it. */
  readonly #touching: Lists;
  /** By space: ops that copy it. */
  readonly #forks = new Map<number, number[]>();

  constructor(program: Program, events: Events) {
    this.program = program;
    this.#events = events;
    const { kind, object, event: made } = program.ops.table;
    let current = 0;
    this.spaceOf = object.map((space, index) => {
      if (kind[index] === opNumber.enter) current = space;
      if (kind[index] === opNumber.fork) push(this.#forks, current, index);
      return current;
    });
    this.#opsOf = new Lists(events.length, (put) => {
      made.forEach(put);
    });
    this.#touching = new Lists(program.objects + 1, (put) => eachTouch(program.ops.table, put));
    this.#thread = new Int32Array(events.length).fill(-1);
    this.#place = new Int32Array(events.length);
    this.#follow(events);
  }

  #follow(events: Events): void {
    const numbers = new Map<number | null, number>();
    let event = -1;
    for (const call of events) {
      event += 1;
      if (!isOwn(call)) continue;
      const thread = numbers.get(call.pid) ?? this.#threads.push([]) - 1;
      numbers.set(call.pid, thread);
      this.#thread[event] = thread;
      this.#place[event] = (this.#threads[thread]?.push(event) ?? 1) - 1;
    }
  }

  op(index: number): Op {
    const op = this.program.ops.at(index);
    if (op === undefined) throw new Error(`the program has no op ${index}`);
    return op;
  }

  /** The call of an event's thread that is `distance` calls later, or earlier. */
  step(of: number, distance: number): Step | undefined {
    const calls = this.#threads[this.#thread[of] ?? -1];
    const event = calls?.[(this.#place[of] ?? 0) + distance];
    const call = event === undefined ? undefined : this.#events.at(event);
    if (event === undefined || call === undefined || !isOwn(call)) return undefined;
    return { call, event, ops: this.#opsOf.of(event) };
  }

  /** Ops that take away, replace or protect part of an object. */
  touching(object: number): readonly number[] {
    return this.#touching.of(object);
  }

  /** True if the space was copied between two ops. */
  forked(space: number, from: number, to: number): boolean {
    return (this.#forks.get(space) ?? []).some((op) => op > from && op < to);
  }

  /** The ops that release an object whole in the call after its own; undefined if that call does not. */
  releasedNext(event: number, object: number, pages: number): readonly number[] | undefined {
    const next = this.step(event, 1);
    if (next?.call.call !== "munmap" || next.call.outcome !== "ok") return undefined;
    const whole =
      next.ops.length === 1 &&
      next.ops.every((index) => {
        const op = this.op(index);
        return (
          op.kind === "release" &&
          op.at.object === object &&
          op.at.offset === 0 &&
          op.pages === pages
        );
      });
    return whole ? next.ops : undefined;
  }
}

function push<K>(lists: Map<K, number[]>, key: K, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
