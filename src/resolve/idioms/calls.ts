/** Which memory calls a thread made one after the other, and what ops each became. */

import type { Call, Event } from "../../trace/event.ts";
import type { Events } from "../../trace/events.ts";
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

function positionOf(op: Op): number | undefined {
  return op.kind === "release" || op.kind === "fix" || op.kind === "protect"
    ? op.at.object
    : undefined;
}

export class Calls {
  readonly program: Program;
  /** By op: the space that was current. */
  readonly spaceOf: Int32Array;
  readonly #threads = new Map<number | null, Step[]>();
  /** By event: its thread and its place in the thread's calls. */
  readonly #place = new Map<number, { readonly steps: Step[]; readonly index: number }>();
  readonly #opsOf = new Map<number, number[]>();
  /** By object: ops that unmap, replace, protect or move part of it. */
  readonly #touching = new Map<number, number[]>();
  /** By space: ops that copy it. */
  readonly #forks = new Map<number, number[]>();

  constructor(program: Program, events: Events) {
    this.program = program;
    this.spaceOf = new Int32Array(program.ops.length);
    let space = 0;
    program.ops.forEach((op, index) => {
      if (op.kind === "enter") space = op.space;
      this.spaceOf[index] = space;
      push(this.#opsOf, op.event, index);
      const object = positionOf(op);
      if (object !== undefined && object > 0) push(this.#touching, object, index);
      if ((op.kind === "map" || op.kind === "fix") && op.source !== undefined)
        push(this.#touching, op.source.object, index);
      if (op.kind === "fork") push(this.#forks, space, index);
    });
    let event = -1;
    for (const call of events) {
      event += 1;
      if (!isOwn(call)) continue;
      const steps = this.#threads.get(call.pid) ?? [];
      this.#threads.set(call.pid, steps);
      this.#place.set(event, { steps, index: steps.length });
      steps.push({ call, event, ops: this.opsOf(event) });
    }
  }

  opsOf(event: number): readonly number[] {
    return this.#opsOf.get(event) ?? [];
  }

  op(index: number): Op {
    const op = this.program.ops.at(index);
    if (op === undefined) throw new Error(`the program has no op ${index}`);
    return op;
  }

  /** The call of an event's thread that is `distance` calls later, or earlier. */
  step(event: number, distance: number): Step | undefined {
    const place = this.#place.get(event);
    return place?.steps[place.index + distance];
  }

  /** Ops that take away, replace or protect part of an object. */
  touching(object: number): readonly number[] {
    return this.#touching.get(object) ?? [];
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
