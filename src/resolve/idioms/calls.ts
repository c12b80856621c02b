/** Which memory calls a thread made one after the other, and what ops each became. */

import type { Call, CallName } from "../../trace/event.ts";
import { type Events, eventAt } from "../../trace/events.ts";
import { glances } from "../../trace/glances.ts";
import { Numbers } from "../numbers.ts";
import { type OpTable, opNumber } from "../op-table.ts";
import type { Op, Program } from "../program.ts";

/** The calls that decide whether a cut came next; madvise and locks are transparent. */
const own: ReadonlySet<CallName> = new Set([
  "mmap",
  "munmap",
  "mremap",
  "brk",
  "mprotect",
  "shmat",
  "shmdt",
] as const);

/** A memory call of one thread. */
export interface Step {
  readonly name: CallName;
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
    const source = sourceObject[index] ?? 0;
    switch (kind[index]) {
      case opNumber.release:
      case opNumber.protect:
        if (at > 0) put(at, index);
        break;
      case opNumber.fix:
        if (at > 0) put(at, index);
        if (source > 0) put(source, index);
        break;
      case opNumber.map:
        if (source > 0) put(source, index);
        break;
      default:
    }
  }
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
    const found: number[] = [];
    if (list < 0 || list + 1 >= this.#starts.length) return found;
    const end = this.#starts[list + 1] ?? 0;
    for (let at = this.#starts[list] ?? 0; at < end; at++) found.push(this.#items[at] ?? 0);
    return found;
  }

  /** What stands at a place of a list. */
  at(list: number, place: number): number | undefined {
    if (list < 0 || place < 0) return undefined;
    const at = (this.#starts[list] ?? 0) + place;
    return at < (this.#starts[list + 1] ?? 0) ? this.#items[at] : undefined;
  }
}

/** Of a program and the events that it was resolved from: as large as a third of the program, so not to be held for long. */
export class Calls {
  readonly program: Program;
  readonly #events: Events;
  /** By op: the space that was current. */
  readonly spaceOf: Int32Array;
  /** By event: the place of its call's name + 1, 0 where it is none. */
  readonly #named: Uint8Array;
  readonly #names: readonly CallName[];
  /** By thread: the events of its calls. */
  readonly #threads: Lists;
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
    this.#named = new Uint8Array(events.length);
    const threads = new Numbers<number | null>();
    this.#names = this.#follow(events, threads);
    this.#threads = new Lists(threads.count, (put) => {
      this.#thread.forEach(put);
    });
  }

  /** Look once at every event; returns the names of the calls. */
  #follow(events: Events, threads: Numbers<number | null>): readonly CallName[] {
    const names = new Numbers<CallName>();
    const lengths: number[] = [];
    for (const glance of glances(events)) {
      const { call, index: event } = glance;
      if (call === undefined) continue;
      this.#named[event] = names.of(call) + 1;
      if (!own.has(call)) continue;
      const thread = threads.of(glance.pid);
      const place = lengths[thread] ?? 0;
      lengths[thread] = place + 1;
      this.#thread[event] = thread;
      this.#place[event] = place;
    }
    return names.all;
  }

  /** The name of an event's call; undefined where it is none. */
  nameOf(event: number): CallName | undefined {
    const named = event < 0 ? 0 : (this.#named[event] ?? 0);
    return named === 0 ? undefined : this.#names[named - 1];
  }

  /** All that was recorded of a call. */
  call(event: number): Call {
    const call = eventAt(this.#events, event);
    if (call?.kind !== "call") throw new Error(`event ${event} is no call`);
    return call;
  }

  op(index: number): Op {
    const op = this.program.ops.at(index);
    if (op === undefined) throw new Error(`the program has no op ${index}`);
    return op;
  }

  /** The call of an event's thread that is `distance` calls later, or earlier. */
  step(of: number, distance: number): Step | undefined {
    if (of < 0) return undefined;
    const event = this.#threads.at(this.#thread[of] ?? -1, (this.#place[of] ?? 0) + distance);
    const name = event === undefined ? undefined : this.nameOf(event);
    if (event === undefined || name === undefined) return undefined;
    return { name, event, ops: this.#opsOf.of(event) };
  }

  /** Ops that take away, replace or protect part of an object. */
  touching(object: number): readonly number[] {
    return this.#touching.of(object);
  }

  /** The first of those. */
  firstTouching(object: number): number | undefined {
    return this.#touching.at(object, 0);
  }

  /** True if the space was copied between two ops. */
  forked(space: number, from: number, to: number): boolean {
    return (this.#forks.get(space) ?? []).some((op) => op > from && op < to);
  }

  /** The ops that release an object whole in the call after its own; undefined if that call does not. */
  releasedNext(event: number, object: number, pages: number): readonly number[] | undefined {
    const next = this.step(event, 1);
    if (next?.name !== "munmap") return undefined;
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
