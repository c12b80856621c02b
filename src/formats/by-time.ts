/** Which event comes next in time, of lines that are printed in another order: what there is no room for is put away. */

import type { Shelf } from "../trace/block.ts";
import type { PerfLine } from "./perf/line.ts";

/** An event without its command, and where it is told. */
export interface Told {
  readonly event: PerfLine;
  readonly line: number;
  /** Seconds, or what else is to be sorted by. */
  readonly key: number;
}

/** Events that are sorted at once, and then put away together. */
const most = 16_384;

/** Runs that stay in memory. */
const mostHeld = 4;

const none = Number.NaN;

/** Events by key, in columns. */
interface Columns {
  readonly keys: Float64Array;
  readonly lines: Float64Array;
  readonly tids: Float64Array;
  /** NaN where there is none. */
  readonly pids: Float64Array;
  readonly times: Float64Array;
  readonly events: readonly string[];
  readonly bodies: readonly string[];
}

function columnsOf(told: readonly Told[]): Columns {
  const sorted = told.toSorted((a, b) => a.key - b.key || 0);
  const numbers = (value: (one: Told) => number): Float64Array => Float64Array.from(sorted, value);
  return {
    keys: numbers(({ key }) => key),
    lines: numbers(({ line }) => line),
    tids: numbers(({ event }) => event.tid),
    pids: numbers(({ event }) => event.pid ?? none),
    times: numbers(({ event }) => event.time ?? none),
    events: sorted.map(({ event }) => event.event),
    bodies: sorted.map(({ event }) => event.body),
  };
}

/** Events that were sorted together; of equal keys those of an earlier run come first. */
class Run {
  readonly number: number;
  readonly #columns: () => Columns;
  #opened: Columns | undefined;
  #next = 0;
  /** That of its first event which has not been taken. */
  key: number;

  constructor(number: number, first: number, columns: () => Columns) {
    this.number = number;
    this.key = first;
    this.#columns = columns;
  }

  get isEmpty(): boolean {
    return this.#opened !== undefined && this.#next === this.#opened.keys.length;
  }

  take(): Told {
    this.#opened ??= this.#columns();
    const { keys, lines, tids, pids, times, events, bodies } = this.#opened;
    const at = this.#next++;
    const [pid = none, time = none] = [pids[at], times[at]];
    const event = {
      comm: "",
      ...(Number.isNaN(pid) ? {} : { pid }),
      tid: tids[at] ?? 0,
      ...(Number.isNaN(time) ? {} : { time }),
      event: events[at] ?? "",
      body: bodies[at] ?? "",
    };
    const told = { event, line: lines[at] ?? 0, key: this.key };
    this.key = keys[this.#next] ?? Number.POSITIVE_INFINITY;
    return told;
  }
}

const comesBefore = (a: Run, b: Run): boolean =>
  a.key < b.key || (a.key === b.key && a.number < b.number);

const least = (runs: readonly Run[]): Run | undefined =>
  runs.reduce<Run | undefined>(
    (best, run) => (best === undefined || comesBefore(run, best) ? run : best),
    undefined,
  );

export class ByTime {
  readonly #shelf: Shelf | undefined;
  #told: Told[] = [];
  /** By their first event, the last one first. */
  readonly #waiting: Run[] = [];
  #begun: Run[] = [];
  #runs = 0;
  #length = 0;

  constructor(shelf?: Shelf) {
    this.#shelf = shelf;
  }

  get length(): number {
    return this.#length;
  }

  /** True if a run has become full. */
  push(told: Told): boolean {
    this.#length += 1;
    if (this.#told.push(told) < most) return false;
    this.#seal();
    return true;
  }

  #seal(): void {
    const columns = columnsOf(this.#told);
    this.#told = [];
    const [first] = columns.keys;
    if (first === undefined) return;
    const isHeld = this.#shelf === undefined || this.#waiting.length < mostHeld;
    const run = new Run(this.#runs++, first, isHeld ? () => columns : this.#shelf(columns));
    let at = this.#waiting.length;
    while (at > 0 && comesBefore(this.#waiting[at - 1] as Run, run)) at -= 1;
    this.#waiting.splice(at, 0, run);
  }

  /** The events up to this key, which are then gone. */
  *take(until: number): Generator<Told, undefined> {
    this.#seal();
    for (;;) {
      let first = least(this.#begun);
      for (let run = this.#waiting.at(-1); run !== undefined; run = this.#waiting.at(-1)) {
        if (run.key > until || (first !== undefined && comesBefore(first, run))) break;
        this.#waiting.pop();
        this.#begun.push(run);
        first = run;
      }
      if (first === undefined || first.key > until) return;
      this.#length -= 1;
      yield first.take();
      if (first.isEmpty) this.#begun = this.#begun.filter((run) => run !== first);
    }
  }
}
