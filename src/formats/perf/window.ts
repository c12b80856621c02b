/** In which order do calls take effect that were under way at the same time. */

import type { Event, Sink } from "../../trace/event.ts";

interface Unit {
  /** Line at which the events took effect. */
  readonly at: number;
  readonly events: readonly Event[];
}

/** Holds events back while something is under way that may have taken effect before them. */
export class Window {
  readonly #emit: Sink;
  readonly #units: Unit[] = [];
  readonly #open = new Map<string, number>();

  constructor(emit: Sink) {
    this.#emit = emit;
  }

  /** Something of this name began on this line; its effect is not known yet. */
  open(name: string, line: number): void {
    this.#open.set(name, line);
  }

  /** It ended, or will never end. */
  close(name: string): void {
    if (this.#open.delete(name)) this.#flush();
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
    this.#open.clear();
    this.#flush();
  }

  #flush(): void {
    const limit = Math.min(...this.#open.values(), Number.POSITIVE_INFINITY);
    let ready = 0;
    for (const unit of this.#units) {
      if (unit.at >= limit) break;
      for (const event of unit.events) this.#emit(event);
      ready += 1;
    }
    this.#units.splice(0, ready);
  }
}
