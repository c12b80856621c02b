/** The events of a trace as columns: in blocks, from which an event is made when it is looked at. */

import { type Block, codes } from "./block.ts";
import { BlockReader, type Tables } from "./block-reader.ts";
import type { Event } from "./event.ts";
import { type Events, lastUpTo } from "./events.ts";
import { shapeBy } from "./shapes.ts";

export class EventLog implements Events {
  readonly blocks: readonly Block[];
  readonly tables: Tables;
  readonly length: number;
  /** The index of the first event of each block. */
  readonly #starts: readonly number[];
  /** Of the block that was asked last. */
  #reader: BlockReader | undefined;
  #first = 0;

  constructor(blocks: readonly Block[], tables: Tables) {
    this.blocks = blocks;
    this.tables = tables;
    const starts: number[] = [];
    let length = 0;
    for (const { count } of blocks) {
      starts.push(length);
      length += count;
    }
    this.#starts = starts;
    this.length = length;
  }

  at(index: number): Event | undefined {
    if (!(index >= 0 && index < this.length)) return undefined;
    let reader = this.#reader;
    if (reader === undefined || index < this.#first || index >= this.#first + reader.count) {
      reader = this.#readerAt(index);
    }
    reader.seek(index - this.#first);
    return reader.next();
  }

  #readerAt(index: number): BlockReader {
    const place = lastUpTo(this.#starts, index);
    const block = this.blocks[place];
    if (block === undefined) throw new Error(`no event ${index}`);
    const reader = new BlockReader(block, this.tables);
    this.#reader = reader;
    this.#first = this.#starts[place] ?? 0;
    return reader;
  }

  *[Symbol.iterator](): Generator<Event, undefined> {
    for (const block of this.blocks) {
      const reader = new BlockReader(block, this.tables);
      for (let index = 0; index < block.count; index++) yield reader.next();
    }
  }
}

/** True if any of the events is of this kind; of a log that is told without looking at them. */
export function hasKind(events: Events, kind: Event["kind"]): boolean {
  if (events instanceof EventLog) {
    return events.blocks.some(({ shapes }) =>
      shapes.some((shape) => shapeBy(shape % codes)?.kind === kind),
    );
  }
  for (const event of events) if (event.kind === kind) return true;
  return false;
}
