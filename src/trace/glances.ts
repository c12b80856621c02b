/** Which events there are, whose they are and on which lines they stand: told from columns, without making the events. */

import type { Block, Slot } from "./block.ts";
import { at, BlockReader, type Made, madeBy } from "./block-reader.ts";
import type { CallName, Event, LifecycleName } from "./event.ts";
import type { Events } from "./events.ts";
import { logOf } from "./log-writer.ts";
import { type Cursor, cursorOf } from "./packed.ts";
import { columnsOf, entryLineColumn, lineColumn, pidColumn } from "./shapes.ts";

const life = "lifecycle";
const [lifeColumn, childColumn, otherColumn] = ["lifecycle", "child", "other"].map(
  (field) => columnsOf([life], field)[0] ?? 0,
);

/** The cursor over a column that some of the shapes have, and which of them. */
interface Field {
  readonly cursor: Cursor | undefined;
  readonly isThere: readonly boolean[];
}

function fieldOf({ columns }: Block, made: readonly Made[], id = 0): Field {
  const isThere = made.map(({ maker }) => maker.columns.includes(id));
  return { cursor: isThere.includes(true) ? cursorOf(columns, id) : undefined, isThere };
}

/** The next value of the field, for an event of this shape. */
const nextOf = ({ cursor, isThere }: Field, place: number): number | undefined =>
  isThere[place] === true ? (cursor as Cursor).number() : undefined;

/** One event after the other; what it is holds until the next one. */
export class Glance {
  /** The index of the first event of the block. */
  readonly #first: number;
  readonly #block: Block;
  readonly #made: readonly Made[];
  readonly #lines: Cursor;
  readonly #pids: Field;
  readonly #entries: Field;
  readonly #lives: Field;
  readonly #children: Field;
  readonly #others: Field;
  #reader: BlockReader | undefined;
  #next = 0;
  kind: Event["kind"] = "lost";
  /** Which call, if it is one. */
  call: CallName | undefined;
  line = 0;
  /** The line on which the event began; undefined if that is the same one, or not known. */
  entryLine: number | undefined;
  pid: number | null = null;
  /** What changes in the life of which tasks. */
  lifecycle: LifecycleName | undefined;
  child: number | undefined;
  other: number | undefined;

  constructor(block: Block, first: number) {
    const made = block.shapes.map((number) => madeBy(number));
    this.#first = first;
    this.#block = block;
    this.#made = made;
    this.#lines = cursorOf(block.columns, lineColumn);
    const field = (id: number | undefined): Field => fieldOf(block, made, id);
    this.#pids = field(pidColumn);
    this.#entries = field(entryLineColumn);
    this.#lives = field(lifeColumn);
    this.#children = field(childColumn);
    this.#others = field(otherColumn);
  }

  /** Among all events. */
  get index(): number {
    return this.#first + this.#next - 1;
  }

  get began(): number {
    return this.entryLine ?? this.line;
  }

  /** Go on to the next one; false if there is none. */
  advance(): boolean {
    if (this.#next === this.#block.count) return false;
    const place = this.#block.places[this.#next++] ?? 0;
    const { shape } = this.#made[place] as Made;
    this.kind = shape.kind;
    this.call = shape.call;
    this.line = this.#lines.number();
    this.pid = nextOf(this.#pids, place) ?? null;
    const before = nextOf(this.#entries, place);
    this.entryLine = before === undefined ? undefined : this.line - before;
    if (shape.kind === life) this.#live(place);
    else this.lifecycle = this.child = this.other = undefined;
    return true;
  }

  #live(place: number): void {
    const { strings, firstString } = this.#block.tables;
    const number = nextOf(this.#lives, place) ?? -1;
    this.lifecycle = at(strings, number - firstString) as LifecycleName;
    this.child = nextOf(this.#children, place);
    this.other = nextOf(this.#others, place);
  }

  /** The event itself, without its times. */
  event(): Event {
    this.#reader ??= new BlockReader(this.#block, false);
    this.#reader.seek(this.#next - 1);
    return this.#reader.next();
  }
}

/** All glances, one after the other. A generator would take longer than a glance. */
class Walk implements Iterator<Glance, undefined> {
  readonly #slots: readonly Slot[];
  #next = 0;
  #first = 0;
  #glance: Glance | undefined;

  constructor(slots: readonly Slot[]) {
    this.#slots = slots;
  }

  next(): IteratorResult<Glance, undefined> {
    while (this.#glance?.advance() !== true) {
      const slot = this.#slots[this.#next++];
      if (slot === undefined) return { done: true, value: undefined };
      this.#glance = new Glance(slot.block(), this.#first);
      this.#first += slot.count;
    }
    return { done: false, value: this.#glance };
  }
}

/** A look at each of the events; always the same object within a block. */
export function glances(events: Events): Iterable<Glance> {
  const { slots } = logOf(events);
  return { [Symbol.iterator]: () => new Walk(slots) };
}
