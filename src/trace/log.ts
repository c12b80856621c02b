/** The events of a trace as columns: in blocks, from which an event is made when it is looked at. */

import { type Block, codes, type Slot } from "./block.ts";
import { BlockReader } from "./block-reader.ts";
import type { CallName, Event } from "./event.ts";
import { type Events, lastUpTo } from "./events.ts";
import { type Shape, shapeBy } from "./shapes.ts";

/** A block that stays in memory. */
export const atHand = (block: Block): Slot => ({
  count: block.count,
  shapes: block.shapes,
  block: () => block,
});

/** Blocks of which a reader is kept: single events are asked for around a few places at a time. */
const keptReaders = 4;

interface Kept {
  readonly reader: BlockReader;
  /** The index of its first event. */
  readonly first: number;
}

export class EventLog implements Events {
  readonly slots: readonly Slot[];
  readonly length: number;
  /** The index of the first event of each block. */
  readonly #starts: readonly number[];
  /** The one that was asked last comes first. */
  #kept: readonly Kept[] = [];

  constructor(slots: readonly Slot[]) {
    this.slots = slots;
    const starts: number[] = [];
    let length = 0;
    for (const { count } of slots) {
      starts.push(length);
      length += count;
    }
    this.#starts = starts;
    this.length = length;
  }

  at(index: number): Event | undefined {
    if (!(index >= 0 && index < this.length)) return undefined;
    const [last] = this.#kept;
    const { reader, first } = last !== undefined && holds(last, index) ? last : this.#keep(index);
    reader.seek(index - first);
    return reader.next();
  }

  #keep(index: number): Kept {
    const found = this.#kept.find((kept) => holds(kept, index)) ?? this.#readerAt(index);
    this.#kept = [found, ...this.#kept.filter((kept) => kept !== found)].slice(0, keptReaders);
    return found;
  }

  #readerAt(index: number): Kept {
    const place = lastUpTo(this.#starts, index);
    const slot = this.slots[place];
    if (slot === undefined) throw new Error(`no event ${index}`);
    return { reader: new BlockReader(slot.block()), first: this.#starts[place] ?? 0 };
  }

  [Symbol.iterator](): Iterator<Event, undefined> {
    return new Walk(this.slots, true);
  }

  /** The events without their times, which few look at. */
  timeless(): Iterable<Event> {
    return { [Symbol.iterator]: () => new Walk(this.slots, false) };
  }
}

/** All events of blocks, one after the other. A generator would take as long as making them. */
class Walk implements Iterator<Event, undefined> {
  readonly #slots: readonly Slot[];
  readonly #times: boolean;
  #reader: BlockReader | undefined;
  #next = 0;
  /** Events of the block in hand that are still to come. */
  #left = 0;

  constructor(slots: readonly Slot[], times: boolean) {
    this.#slots = slots;
    this.#times = times;
  }

  next(): IteratorResult<Event, undefined> {
    while (this.#left === 0) {
      const slot = this.#slots[this.#next++];
      if (slot === undefined) return { done: true, value: undefined };
      this.#reader = new BlockReader(slot.block(), this.#times);
      this.#left = slot.count;
    }
    this.#left -= 1;
    return { done: false, value: (this.#reader as BlockReader).next() };
  }
}

/** The events in order, for who does not ask when they were: those of a log without their times. */
export function timeless(events: Events): Iterable<Event> {
  return events instanceof EventLog ? events.timeless() : events;
}

const holds = ({ reader, first }: Kept, index: number): boolean =>
  index >= first && index < first + reader.count;

/** True if any of the events is of this kind; of a log that is told without looking at them. */
export function hasKind(events: Events, kind: Event["kind"]): boolean {
  if (events instanceof EventLog) return hasShape(events, (shape) => shape.kind === kind);
  for (const event of events) if (event.kind === kind) return true;
  return false;
}

/** True if any of the events is this call; of a log that is told without looking at them. */
export function hasCall(events: Events, call: CallName): boolean {
  if (events instanceof EventLog) return hasShape(events, (shape) => shape.call === call);
  for (const event of events) if (event.kind === "call" && event.call === call) return true;
  return false;
}

function hasShape({ slots }: EventLog, is: (shape: Shape) => boolean): boolean {
  return slots.some(({ shapes }) =>
    shapes.some((number) => {
      const shape = shapeBy(number % codes);
      return shape !== undefined && is(shape);
    }),
  );
}
