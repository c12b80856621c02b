/** In which order calls took effect that were under way at the same time. */

import type { Diagnostics } from "../errors.ts";
import type { Call, Event, Sink } from "../trace/event.ts";
import type { U64 } from "../units.ts";
import { countUndecided, precedes } from "./order/evidence.ts";
import { footprint, smallestPage } from "./order/footprint.ts";
import { mayPrecede } from "./order/precedence.ts";
import {
  beginIn,
  type Item,
  isAlone,
  isCrowded,
  isQuiet,
  learn,
  type Ordered,
  type Queue,
  queueOf,
} from "./order/queue.ts";
import type { Reach } from "./order/reach.ts";
import { Begun, openCalls, withoutBegun } from "./order/underway.ts";
import type { Request } from "./request.ts";

/** What a call that did something returned; undefined of one that did nothing. */
type Answer = U64 | null | undefined;

const answerOf = (call: Call): Answer =>
  call.outcome === "ok" && call.injected !== true ? call.result : undefined;

/** The calls that map and unmap. */
const remaps = (call: Request["call"]): boolean =>
  call === "mmap" || call === "munmap" || call === "mremap" || call === "shmat" || call === "shmdt";

/** So many events may wait for one call; then they go out as they are. */
const patience = 4096;

/**
 * Passes events on in the order in which they took effect; `space` is the identity of an address space. Calls that did
 * not overlap keep their order. Of those that did, the order in which they returned is repaired where addresses prove
 * another one.
 */
export class Order {
  readonly #emit: Sink;
  readonly #diagnostics: Diagnostics;
  #position = 0;

  constructor(emit: Sink, diagnostics: Diagnostics) {
    this.#emit = emit;
    this.#diagnostics = diagnostics;
  }

  /** A call begins. What it may concern is held until it ends. */
  begin(space: Ordered, request: Request): Begun {
    return this.#begin(space, request);
  }

  /** A fork begins: what begins after it does not reach the copy. */
  fork(space: Ordered): Begun {
    return this.#begin(space, undefined);
  }

  #begin(space: Ordered, request: Request | undefined): Begun {
    this.#position += 1;
    const begun = new Begun(space, request, this.#position);
    beginIn(space, begun);
    return begun;
  }

  /** A call returned; undefined if nothing is known of how. */
  end(begun: Begun, event: Call | undefined): void {
    if (event !== undefined) this.ended(begun, event, event, answerOf(event));
    else {
      const queue = queueOf(begun.space);
      queue.underway = withoutBegun(queue.underway, begun);
      this.#flush(queue);
    }
  }

  /** A call returned that has asked for this; events have so many shapes that looking into them takes long. */
  ended(begun: Begun, event: Call, request: Request, answer: Answer): void {
    const queue = queueOf(begun.space);
    queue.underway = withoutBegun(queue.underway, begun);
    this.#push(queue, event, begun.entry, request, answer, begun);
    this.#flush(queue);
  }

  /** Something that took effect at once. */
  add(space: Ordered, event: Event): void {
    if (event.kind === "call") this.made(space, event, event, answerOf(event));
    else this.#add(space, event, undefined, undefined);
  }

  /** A call that has asked for this took effect at once. */
  made(space: Ordered, event: Call, request: Request, answer: Answer): void {
    this.#add(space, event, request, answer);
  }

  #add(space: Ordered, event: Event, request: Request | undefined, answer: Answer): void {
    this.#position += 1;
    if (request === undefined && isQuiet(space)) {
      this.#emit(event);
      return;
    }
    const queue = queueOf(space);
    this.#push(queue, event, this.#position, request, answer);
    this.#flush(queue);
  }

  /** An event that makes another address space, whose events come after it; `begun` if it is a fork. */
  born(space: Ordered, event: Event, made: Ordered, begun?: Begun): void {
    this.#position += 1;
    queueOf(made).born = false;
    const queue = queueOf(space);
    const exit = this.#position;
    if (begun === undefined) {
      queue.window.push({ event, footprint: undefined, entry: exit, exit, made });
    } else {
      queue.underway = withoutBegun(queue.underway, begun);
      const { entry } = begun;
      const at = queue.window.findIndex((item) => item.entry > entry);
      const item = { event, footprint: undefined, entry, exit, made, copies: true };
      queue.window.splice(at < 0 ? queue.window.length : at, 0, item);
    }
    this.#flush(queue);
  }

  /** `request` is undefined of what is no call; `reach` is its own, if that is known already. */
  #push(
    queue: Queue,
    event: Event,
    entry: number,
    request: Request | undefined,
    answer: Answer,
    reach?: Reach,
  ): void {
    this.#position += 1;
    const isNext = queue.window.length === 0 && queue.born;
    if (isNext && isAlone(queue, request, reach)) {
      if (request !== undefined && answer !== undefined && remaps(request.call))
        learn(queue, footprint(request, answer, smallestPage));
      this.#emit(event);
      return;
    }
    const did = request !== undefined && answer !== undefined;
    const print = did ? footprint(request, answer, smallestPage) : undefined;
    const item = { event, footprint: print, entry, exit: this.#position };
    if (!isNext || this.#mustWait(queue, item)) {
      queue.window.push(item);
      return;
    }
    this.#count(queue, item);
    this.#see(queue, item);
    this.#emit(event);
  }

  #flush(queue: Queue): void {
    while (queue.born && queue.window.length > 0) {
      const head = queue.window[0];
      const another = queue.window[1];
      if (head === undefined) return;
      if (another === undefined || isCrowded(queue)) {
        if (this.#mustWait(queue, head)) return;
        this.#send(queue, head);
        continue;
      }
      let state = this.#settle(queue, head, [], true);
      // What the searches say contradicts itself: keep to what addresses prove.
      if (state === "cycle") state = this.#settle(queue, head, [], false);
      if (state === "wait") return;
      if (state === "cycle") this.#send(queue, head);
    }
    if (queue.window.length === 0) queue.work = 0;
  }

  /** Send an item and, before it, all that must precede it. */
  #settle(queue: Queue, item: Item, path: Item[], fit: boolean): "sent" | "wait" | "cycle" {
    path.push(item);
    queue.work += queue.window.length;
    for (const other of [...queue.window]) {
      if (other === item || !precedes(queue, other, item, fit)) continue;
      if (path.includes(other)) return "cycle";
      const state = this.#settle(queue, other, path, fit);
      if (state !== "sent") return state;
    }
    if (this.#mustWait(queue, item)) return "wait";
    path.pop();
    this.#send(queue, item);
    return "sent";
  }

  #send(queue: Queue, item: Item): void {
    const at = queue.window.indexOf(item);
    if (at < 0) return;
    queue.window.splice(at, 1);
    this.#count(queue, item);
    this.#see(queue, item);
    this.#emit(item.event);
    if (item.made === undefined) return;
    const child = queueOf(item.made);
    if (item.copies === true) child.free = queue.free?.copy();
    child.born = true;
    this.#flush(child);
  }

  #mustWait(queue: Queue, { footprint: print, entry, exit, copies }: Item): boolean {
    if (queue.window.length > patience || isCrowded(queue)) return false;
    for (const open of openCalls(queue.underway)) {
      if (open.entry > exit) continue;
      const asked = open.footprint;
      const isFork = asked === undefined;
      if (isFork || copies === true) {
        if (open.entry < entry) return true;
      } else if (print !== undefined && mayPrecede(asked, print)) return true;
    }
    return false;
  }

  /** Warn if nothing tells the order of this item among those that it overlaps. */
  #count(queue: Queue, item: Item): void {
    if (item.footprint === undefined) return;
    const { line } = item.event;
    if (isCrowded(queue)) {
      const message = "too many calls at once to compare, in the order in which they returned";
      this.#diagnostics.warn("parse/crowded-order", message, line);
      return;
    }
    for (let left = countUndecided(queue, item); left > 0; left--) {
      const message = "calls over one range at the same time, in the order in which they returned";
      this.#diagnostics.warn("parse/undecided-order", message, line);
    }
  }

  #see(queue: Queue, { event, footprint: print }: Item): void {
    if (print === undefined || event.kind !== "call") return;
    if (remaps(event.call)) learn(queue, print);
  }
}
