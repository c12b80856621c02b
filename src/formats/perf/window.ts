/** In which order do calls take effect that were under way at the same time. */

import type { Event, Sink } from "../../trace/event.ts";

interface Unit {
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
    const count = this.#counts.get(line);
    this.#counts.set(line, (count ?? 0) + 1);
    if (count === undefined) this.#push(line);
  }

  /** False if it was not under way. */
  end(name: string): boolean {
    const line = this.#lines.get(name);
    if (line === undefined) return false;
    this.#lines.delete(name);
    this.#counts.set(line, (this.#counts.get(line) ?? 1) - 1);
    return true;
  }

  clear(): void {
    this.#lines.clear();
    this.#counts.clear();
    this.#heap.length = 0;
  }

  /** Infinity if nothing is. */
  get first(): number {
    let [line] = this.#heap;
    while (line !== undefined && this.#counts.get(line) === 0) {
      this.#counts.delete(line);
      this.#pop();
      [line] = this.#heap;
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
  readonly #units: Unit[] = [];
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

  /** Events that took effect together at this line. */
  add(at: number, events: readonly Event[]): void {
    let index = this.#units.length;
    while (index > 0 && (this.#units[index - 1]?.at ?? 0) > at) index -= 1;
    this.#units.splice(index, 0, { at, events });
    this.#flush();
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
    const limit = this.#under.first;
    let ready = 0;
    for (const unit of this.#units) {
      if (unit.at >= limit) break;
      for (const event of unit.events) this.#emit(event);
      ready += 1;
    }
    this.#units.splice(0, ready);
  }
}
