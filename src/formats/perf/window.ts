/** In which order do calls take effect that were under way at the same time. */

import type { Event, Sink } from "../../trace/event.ts";

/** Events that took effect together. */
export interface Effect {
  /** Line at which the events took effect. */
  readonly at: number;
  readonly events: readonly Event[];
}

/** What is under way, and the line of that which began first. */
class Under {
  readonly #lines = new Map<string, number>();
  /** A heap of lines, the smallest first; some have ended. */
  readonly #heap: number[] = [];
  /** How many are under way by line. */
  readonly #counts = new Map<number, number>();

  begin(name: string, line: number): void {
    this.end(name);
    this.#lines.set(name, line);
    this.beginLine(line);
  }

  /** Something without a name. */
  beginLine(line: number): void {
    const count = this.#counts.get(line);
    this.#counts.set(line, (count ?? 0) + 1);
    if (count === undefined) this.#push(line);
  }

  endLine(line: number): void {
    this.#counts.set(line, (this.#counts.get(line) ?? 1) - 1);
  }

  /** False if it was not under way. */
  end(name: string): boolean {
    const line = this.#lines.get(name);
    if (line === undefined) return false;
    this.#lines.delete(name);
    this.endLine(line);
    return true;
  }

  clear(): void {
    this.#lines.clear();
    this.#counts.clear();
    this.#heap.length = 0;
  }

  /** Infinity if nothing is. */
  get first(): number {
    let line = this.#heap[0];
    while (line !== undefined && this.#counts.get(line) === 0) {
      this.#counts.delete(line);
      this.#pop();
      line = this.#heap[0];
    }
    return line ?? Number.POSITIVE_INFINITY;
  }

  #push(line: number): void {
    const heap = this.#heap;
    let at = heap.push(line) - 1;
    while (at > 0) {
      const up = Math.floor((at - 1) / 2);
      const above = heap[up] ?? 0;
      if (above <= line) break;
      heap[at] = above;
      at = up;
    }
    heap[at] = line;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if ((heap[down + 1] ?? Number.POSITIVE_INFINITY) < (heap[down] ?? 0)) down += 1;
      const below = heap[down];
      if (below === undefined || below >= last) break;
      heap[at] = below;
      at = down;
    }
    heap[at] = last;
  }
}

/** Holds events back while something is under way that may have taken effect before them. */
export class Window {
  readonly #emit: Sink;
  readonly #units: Effect[] = [];
  readonly #under = new Under();

  constructor(emit: Sink) {
    this.#emit = emit;
  }

  /** Something of this name began on this line; its effect is not known yet. */
  open(name: string, line: number): void {
    this.#under.begin(name, line);
  }

  /** It ended, or will never end. */
  close(name: string): void {
    if (this.#under.end(name)) this.#flush();
  }

  /** A call began on this line. */
  openCall(line: number): void {
    this.#under.beginLine(line);
  }

  /** It is left out. */
  closeCall(line: number): void {
    this.#under.endLine(line);
    this.#flush();
  }

  /** Calls that began on these lines are settled. */
  settle(entries: readonly number[], settled: readonly Effect[]): void {
    for (const entry of entries) this.#under.endLine(entry);
    for (const effect of settled) this.#insert(effect);
    this.#flush();
  }

  /** A call that began on this line is settled. */
  settleAlone(entry: number, effect: Effect): void {
    this.#under.endLine(entry);
    if (this.#units.length > 0 || effect.at >= this.#under.first) this.#insert(effect);
    else for (const event of effect.events) this.#emit(event);
    this.#flush();
  }

  /** Events that took effect together at this line. */
  add(at: number, events: readonly Event[]): void {
    this.#insert({ at, events });
    this.#flush();
  }

  #insert(effect: Effect): void {
    let index = this.#units.length;
    while (index > 0 && (this.#units[index - 1]?.at ?? 0) > effect.at) index -= 1;
    if (index === this.#units.length) this.#units.push(effect);
    else this.#units.splice(index, 0, effect);
  }

  /** A warning among the events of a task. */
  warn(code: string, line: number, pid: number): void {
    this.add(line, [{ kind: "warning", line, pid, code }]);
  }

  /** Nothing more comes. */
  end(): void {
    this.#under.clear();
    this.#flush();
  }

  #flush(): void {
    const next = this.#units[0];
    const limit = next === undefined ? 0 : this.#under.first;
    if (next === undefined || next.at >= limit) return;
    let ready = 0;
    for (const unit of this.#units) {
      if (unit.at >= limit) break;
      for (const event of unit.events) this.#emit(event);
      ready += 1;
    }
    if (ready === this.#units.length) this.#units.length = 0;
    else this.#units.splice(0, ready);
  }
}
