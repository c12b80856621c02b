/** Which events there are, whose they are and on which lines they stand: told from columns, without making the events. */

import type { Block } from "./block.ts";
import { BlockReader, type Made, madeBy } from "./block-reader.ts";
import type { CallName, Event } from "./event.ts";
import type { Events } from "./events.ts";
import { logOf } from "./log-writer.ts";
import { type Cursor, cursorOf } from "./packed.ts";
import { entryLineColumn, lineColumn, pidColumn } from "./shapes.ts";

/** The cursor over a column that some of the shapes have, and which of them. */
interface Field {
  readonly cursor: Cursor | undefined;
  readonly isThere: readonly boolean[];
}

function fieldOf({ columns }: Block, made: readonly Made[], id: number): Field {
  const isThere = made.map(({ maker }) => maker.columns.includes(id));
  return { cursor: isThere.includes(true) ? cursorOf(columns, id) : undefined, isThere };
}

/** One event after the other; what it is holds until the next one. */
export class Glance {
  /** The index of the first event of the block. */
  readonly #first: number;
  readonly #block: Block;
  readonly #made: readonly Made[];
  readonly #lines: Cursor;
  readonly #pids: Field;
  readonly #entries: Field;
  #reader: BlockReader | undefined;
  #next = 0;
  kind: Event["kind"] = "lost";
  /** Which call, if it is one. */
  call: CallName | undefined;
  line = 0;
  /** The line on which the event began, which is the same one as a rule. */
  began = 0;
  pid: number | null = null;

  constructor(block: Block, first: number) {
    const made = block.shapes.map(madeBy);
    this.#first = first;
    this.#block = block;
    this.#made = made;
    this.#lines = cursorOf(block.columns, lineColumn);
    this.#pids = fieldOf(block, made, pidColumn);
    this.#entries = fieldOf(block, made, entryLineColumn);
  }

  /** Among all events. */
  get index(): number {
    return this.#first + this.#next - 1;
  }

  /** Go on to the next one; false if there is none. */
  advance(): boolean {
    if (this.#next === this.#block.count) return false;
    const place = this.#block.places[this.#next++] ?? 0;
    const { shape } = this.#made[place] as Made;
    this.kind = shape.kind;
    this.call = shape.call;
    this.line = this.#lines.number();
    const [pids, entries] = [this.#pids, this.#entries];
    this.pid = pids.isThere[place] ? (pids.cursor as Cursor).number() : null;
    this.began = entries.isThere[place]
      ? this.line - (entries.cursor as Cursor).number()
      : this.line;
    return true;
  }

  /** The event itself. */
  event(): Event {
    this.#reader ??= new BlockReader(this.#block);
    this.#reader.seek(this.#next - 1);
    return this.#reader.next();
  }
}

/** A look at each of the events; always the same object within a block. */
export function* glances(events: Events): Generator<Glance, undefined> {
  let first = 0;
  for (const { count, block } of logOf(events).slots) {
    const glance = new Glance(block(), first);
    while (glance.advance()) yield glance;
    first += count;
  }
}
