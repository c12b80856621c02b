/** In which order the reader of perf script hears what other recorders tell, and on which lines it stood. */

import { Diagnostics } from "../errors.ts";
import type { Shelf } from "../trace/block.ts";
import type { Event, Sink } from "../trace/event.ts";
import { LongList } from "../trace/long-list.ts";
import { ByTime } from "./by-time.ts";
import type { PerfLine } from "./perf/line.ts";
import { PerfReader } from "./perf/reader.ts";
import { refuseUnusable } from "./perf/seen.ts";

/** Warnings about positions become warnings about lines. */
class Placed extends Diagnostics {
  readonly #inner: Diagnostics;
  readonly #lines: LongList;

  constructor(inner: Diagnostics, lines: LongList) {
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
    return position === undefined ? undefined : this.#lines.at(position);
  }
}

/** So many events are held before the first go on. */
const enough = 65_536;

/** Sorts events by time, stable, and gives them to a PerfReader; what it emits has its own lines again. */
export class Retelling {
  readonly #reader: PerfReader;
  readonly #slack: number;
  /** By position in time, from 1 on. */
  readonly #lines: LongList;
  readonly #held: ByTime;
  #latest = Number.NEGATIVE_INFINITY;

  /** An event comes at most `slack` seconds after one that happened later. */
  constructor(emit: Sink, diagnostics: Diagnostics, slack: number, shelf?: Shelf) {
    this.#slack = slack;
    this.#held = new ByTime(shelf);
    this.#lines = new LongList(shelf);
    this.#position(0);
    const placed = new Placed(diagnostics, this.#lines);
    this.#reader = new PerfReader((event) => emit(this.#placed(event)), placed);
  }

  /** One event, whose command is not told; `key` is the moment to sort by, where that is not its time. */
  tell(event: PerfLine, line: number, key: number = event.time ?? this.#latest): void {
    this.#latest = Math.max(this.#latest, key);
    const isFull = this.#held.push({ event, line, key });
    if (isFull && this.#held.length >= enough) this.#release(this.#latest - this.#slack);
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
    const seen = { ...counts, line: this.#lines.at(line) ?? 0, call: this.#lines.at(call) ?? 0 };
    refuseUnusable(seen, what, hint, file);
  }

  #position(line: number): number {
    return this.#lines.push(line);
  }

  /** What happened up to this moment goes on. */
  #release(until: number): void {
    for (const { event, line } of this.#held.take(until))
      this.#reader.take(event, this.#position(line));
  }

  #placed(event: Event): Event {
    const line = this.#lines.at(event.line) ?? event.line;
    if (!("entryLine" in event)) return { ...event, line };
    const { entryLine = event.line, ...rest } = event;
    const entry = this.#lines.at(entryLine) ?? entryLine;
    return entry === line ? { ...rest, line } : { ...rest, line, entryLine: entry };
  }
}
