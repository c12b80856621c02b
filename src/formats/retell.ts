/** In which order the reader of perf script hears what other recorders tell, and on which lines it stood. */

import { Diagnostics } from "../errors.ts";
import type { Event, Sink } from "../trace/event.ts";
import type { PerfLine } from "./perf/line.ts";
import { PerfReader } from "./perf/reader.ts";
import { refuseUnusable } from "./perf/seen.ts";

interface Told {
  readonly event: PerfLine;
  readonly line: number;
  /** Seconds; what has no time stays behind what was told before it. */
  readonly key: number;
}

/** Warnings about positions become warnings about lines. */
class Placed extends Diagnostics {
  readonly #inner: Diagnostics;
  readonly #lines: readonly number[];

  constructor(inner: Diagnostics, lines: readonly number[]) {
    super();
    this.#inner = inner;
    this.#lines = lines;
  }

  override warn(code: string, message: string, position?: number): void {
    this.#inner.warn(code, message, this.#lineOf(position));
  }

  override skip(call: string, code: string, message: string, position?: number): void {
    this.#inner.skip(call, code, message, this.#lineOf(position));
  }

  #lineOf(position: number | undefined): number | undefined {
    return position === undefined ? undefined : this.#lines[position];
  }
}

/** So many events are held before the first go on. */
const enough = 65_536;

/** Sorts events by time, stable, and gives them to a PerfReader; what it emits has its own lines again. */
export class Retelling {
  readonly #reader: PerfReader;
  readonly #slack: number;
  /** By position in time, from 1 on. */
  readonly #lines: number[] = [0];
  #held: Told[] = [];
  #limit = enough;
  #latest = Number.NEGATIVE_INFINITY;

  /** An event comes at most `slack` seconds after one that happened later. */
  constructor(emit: Sink, diagnostics: Diagnostics, slack: number) {
    this.#slack = slack;
    const placed = new Placed(diagnostics, this.#lines);
    this.#reader = new PerfReader((event) => emit(this.#placed(event)), placed);
  }

  /** One event; `key` is the moment to sort by, where that is not its time. */
  tell(event: PerfLine, line: number, key: number = event.time ?? this.#latest): void {
    this.#latest = Math.max(this.#latest, key);
    this.#held.push({ event, line, key });
    if (this.#held.length >= this.#limit) this.#release(this.#latest - this.#slack);
  }

  /** Events are missing here, of any task. */
  lost(line: number, count: number | undefined): void {
    this.#release(Number.POSITIVE_INFINITY);
    const at = { line: this.#position(line), time: undefined };
    this.#reader.lost(at, null, count);
  }

  /** Nothing more comes; throws if that was no recording. `what` is the text, `hint` how to record. */
  end(what: string, hint: string, file: string): void {
    this.#release(Number.POSITIVE_INFINITY);
    this.#reader.end();
    const { line, call, ...counts } = this.#reader.seen;
    const seen = { ...counts, line: this.#lines[line] ?? 0, call: this.#lines[call] ?? 0 };
    refuseUnusable(seen, what, hint, file);
  }

  #position(line: number): number {
    return this.#lines.push(line) - 1;
  }

  /** What happened up to this moment goes on. */
  #release(until: number): void {
    const sorted = this.#held.toSorted((a, b) => a.key - b.key || 0);
    const from = sorted.findIndex(({ key }) => key > until);
    const ready = from < 0 ? sorted : sorted.slice(0, from);
    this.#held = from < 0 ? [] : sorted.slice(from);
    this.#limit = Math.max(enough, 2 * this.#held.length);
    for (const { event, line } of ready) this.#reader.take(event, this.#position(line));
  }

  #placed(event: Event): Event {
    const line = this.#lines[event.line] ?? event.line;
    if (!("entryLine" in event)) return { ...event, line };
    const { entryLine = event.line, ...rest } = event;
    const entry = this.#lines[entryLine] ?? entryLine;
    return entry === line ? { ...rest, line } : { ...rest, line, entryLine: entry };
  }
}
