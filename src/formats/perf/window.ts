/** In which order do calls take effect that were under way at the same time. */

import type { Event, Sink } from "../../trace/event.ts";

/** Events that took effect together, and where. */
export interface Settled {
  /** Line at which the events took effect. */
  readonly at: number;
  readonly events: readonly Event[];
}

/** Calls under way, by the lines that they began on; there are many, and they begin in the order of their lines. */
class Calls {
  /** Ascending; a call that has ended is negative. Neither the first nor the last has. */
  readonly #lines: number[] = [];
  #start = 0;

  begin(line: number): void {
    this.#lines.push(line);
  }

  end(line: number): void {
    const lines = this.#lines;
    if (lines[lines.length - 1] === line) {
      do lines.pop();
      while (lines.length > 0 && (lines[lines.length - 1] as number) < 0);
      this.#start = Math.min(this.#start, lines.length);
    } else this.#endAmong(line);
  }

  clear(): void {
    this.#lines.length = 0;
    this.#start = 0;
  }

  /** The line of that which began first; Infinity if nothing is under way. */
  get first(): number {
    const { length } = this.#lines;
    return length === 0 ? Number.POSITIVE_INFINITY : (this.#lines[this.#start] as number);
  }

  #endAmong(line: number): void {
    const lines = this.#lines;
    let low = this.#start;
    let high = lines.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (Math.abs(lines[middle] as number) < line) low = middle + 1;
      else high = middle;
    }
    if (lines[low] === line) lines[low] = -line;
    while ((lines[this.#start] as number) < 0) this.#start += 1;
    if (this.#start > 64 && 2 * this.#start > lines.length) {
      lines.splice(0, this.#start);
      this.#start = 0;
    }
  }
}

/** What else is under way, by name, and the line of that which began first. */
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
  readonly #units: Settled[] = [];
  readonly #under = new Under();
  readonly #calls = new Calls();

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
    this.#calls.begin(line);
  }

  /** It is left out. */
  closeCall(line: number): void {
    this.#calls.end(line);
    this.#flush();
  }

  /** Calls that began on these lines are settled. */
  settle(entries: readonly number[], settled: readonly Settled[]): void {
    for (const entry of entries) this.#calls.end(entry);
    for (const effect of settled) this.#insert(effect);
    this.#flush();
  }

  /** A call that began on this line is settled: it and its searches took effect together at the line `at`. */
  settleAlone(entry: number, at: number, searches: readonly Event[], call: Event): void {
    this.#calls.end(entry);
    if (this.#units.length > 0 || at >= this.#first) {
      this.#insert({ at, events: [...searches, call] });
      this.#flush();
      return;
    }
    for (const search of searches) this.#emit(search);
    this.#emit(call);
  }

  /** Events that took effect together at this line. */
  add(at: number, events: readonly Event[]): void {
    this.#insert({ at, events });
    this.#flush();
  }

  #insert(effect: Settled): void {
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
    this.#calls.clear();
    this.#flush();
  }

  /** Infinity if nothing is under way. */
  get #first(): number {
    return Math.min(this.#calls.first, this.#under.first);
  }

  #flush(): void {
    const next = this.#units[0];
    const limit = next === undefined ? 0 : this.#first;
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
