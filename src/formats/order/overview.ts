/** What all calls of a space together tell, in whatever order: what was free when it began, and how its kernel rounds. */

import type { Shelf } from "../../trace/block.ts";
import type { Event } from "../../trace/event.ts";
import { block, type Effect, effectOf, type Span } from "./effect.ts";
import { spanOf } from "./line-span.ts";
import { Pieces } from "./pieces.ts";
import { Rounding } from "./rounding.ts";

/** So many calls that found something are compared with those that overlap them. */
const recent = 96;

interface Found extends Span {
  readonly exit: number;
}

/** What is told when all calls have been seen. */
export interface Told {
  readonly rounding: Rounding;
  readonly free: () => readonly Span[];
}

export class Overview {
  readonly #rounding = new Rounding();
  /** The recording has seen the space from its exec on. */
  readonly #isWhole: boolean;
  readonly #page: number;
  /** Free from the beginning, or taken by then for all that is known. */
  readonly #pieces = new Pieces();
  readonly #found: Found[] = [];
  /** The last line on which one of them returned. */
  #latest = 0;

  /** The page size in bytes. */
  constructor(isWhole: boolean, page: number) {
    this.#isWhole = isWhole;
    this.#page = page;
  }

  /** The next event of the space. */
  see(event: Event): void {
    const effect = effectOf(event, this.#page);
    const { entry, exit } = spanOf(event);
    this.#others(effect, entry);
    // Who comes later may see but what is put in the place of what others had aligned.
    if (this.#isWhole) this.#rounding.see(effect);
    const { found } = effect;
    if (found === undefined) return;
    for (const part of this.#pieces.unknown(found)) {
      this.#pieces.set(part, true);
      this.#found.push({ ...part, exit });
      this.#latest = Math.max(this.#latest, exit);
    }
    if (this.#found.length > 2 * recent) this.#found.splice(0, recent);
  }

  /** What a call has to do with, but for what it found, may not have been free before it. */
  #others({ frees, takes, needs, found }: Effect, entry: number): void {
    for (const span of frees) this.#other(span, entry);
    if (needs !== frees) for (const span of needs) this.#other(span, entry);
    if (found === undefined) for (const span of takes) this.#other(span, entry);
  }

  #other(span: Span, entry: number): void {
    for (const part of this.#pieces.unknown(span)) this.#pieces.set(part, false);
    // One that returned earlier may have found it free by this call.
    if (this.#latest < entry) return;
    for (const { start, end, exit } of this.#found) {
      if (exit < entry || start >= span.end || end <= span.start) continue;
      const part = { start: Math.max(start, span.start), end: Math.min(end, span.end) };
      this.#pieces.set(part, false);
    }
  }

  /** Nothing more comes; ranges go on the shelf. */
  told(shelf?: Shelf): Told {
    const free = this.#free();
    const isOnShelf = shelf !== undefined && free.length > 0;
    return { rounding: this.#rounding, free: isOnShelf ? shelf(free) : () => free };
  }

  /** What a call found before any other had to do with it. */
  #free(): readonly Span[] {
    const spans = this.#pieces.free();
    return this.#isWhole ? this.#withHoles(spans) : spans;
  }

  /** Nobody maps into what rounding leaves between mappings, but it was as free as they. */
  #withHoles(spans: readonly Span[]): readonly Span[] {
    const holes: Span[] = [];
    for (const [i, { end }] of spans.entries()) {
      const next = spans[i + 1]?.start ?? end;
      const hole = { start: end, end: next };
      const isHole = next > end && next - end < block;
      if (isHole && !this.#pieces.overlaps(hole, false)) holes.push(hole);
    }
    return [...spans, ...holes];
  }
}
