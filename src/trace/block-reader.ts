/** How the columns of a block become events, one after the other or from any place on. */

import { type Block, codes } from "./block.ts";
import { areasOf } from "./block-areas.ts";
import type { Event } from "./event.ts";
import type { OpenFile } from "./file.ts";
import { type Maker, makerOf } from "./makers.ts";
import { type Cursor, cursorOf } from "./packed.ts";
import { areaCount, type Shape, shapeBy } from "./shapes.ts";
import { Malformed } from "./varint.ts";

/** Events from one place to the next at which the cursors' places are kept. */
const markEvery = 256;

/** So many events are stepped over one by one. */
const fewEvents = 16;

/** The value at the place. Throws if there is none. */
export function at<T>(table: readonly T[], index: number): T {
  const value = table[index];
  if (value === undefined) throw new Malformed("an index is outside of its table");
  return value;
}

/** A shape with certain bits, and what makes its events. */
export interface Made {
  readonly shape: Shape;
  readonly maker: Maker;
}

/** What makes events of this shape number, with their times or without. */
export function madeBy(number: number, times = true): Made {
  const shape = shapeBy(number % codes);
  if (shape === undefined) throw new Malformed(`events of unknown kind ${number % codes}`);
  return { shape, maker: makerOf(shape, Math.floor(number / codes), times) };
}

/** Walks over a block. Without `times` events are made in half the time: two numbers fewer to compute and to keep. */
export class BlockReader {
  readonly #block: Block;
  readonly #shapes: readonly Made[];
  readonly #cursors: readonly Cursor[];
  /** The columns of each shape, as places among the cursors. */
  readonly #uses: readonly (readonly number[])[];
  /** By shape; bound to the cursors when its first event comes. */
  readonly #makers: (() => object)[] = [];
  /** Where the cursors stand at every `markEvery`th event. */
  #marks: Uint32Array | undefined;
  #next = 0;

  constructor(block: Block, times = true) {
    this.#block = block;
    this.#shapes = block.shapes.map((number) => madeBy(number, times));
    const ids = [...new Set(this.#shapes.flatMap(({ maker }) => maker.columns))];
    const slots = new Map(ids.map((id, slot) => [id, slot]));
    this.#cursors = ids.map((id) => cursorOf(block.columns, id));
    this.#uses = this.#shapes.map(({ maker }) => maker.columns.map((id) => slots.get(id) ?? 0));
  }

  get count(): number {
    return this.#block.count;
  }

  /** The event at the place, and on to the next. */
  next(): Event {
    const place = this.#block.places[this.#next++] ?? 0;
    const make = this.#makers[place] ?? this.#bind(place);
    return make() as Event;
  }

  /** Go to an event of the block. */
  seek(index: number): void {
    const ahead = index - this.#next;
    if (ahead < 0 || ahead >= markEvery) this.#toMark(Math.floor(index / markEvery));
    if (index - this.#next > fewEvents) this.#leap(index);
    while (this.#next < index) this.#skip();
  }

  /** Step over many events at once. */
  #leap(index: number): void {
    const counts = new Uint32Array(this.#shapes.length);
    this.#tally(counts, this.#next, index);
    for (let place = 0; place < counts.length; place++) {
      const count = counts[place] ?? 0;
      if (count === 0) continue;
      for (const slot of at(this.#uses, place)) at(this.#cursors, slot).at += count;
    }
    this.#next = index;
  }

  #skip(): void {
    const place = this.#block.places[this.#next++] ?? 0;
    for (const slot of at(this.#uses, place)) at(this.#cursors, slot).at += 1;
  }

  #toMark(mark: number): void {
    this.#marks ??= this.#marked();
    const first = mark * this.#cursors.length;
    for (const [slot, cursor] of this.#cursors.entries()) {
      cursor.at = this.#marks[first + slot] ?? 0;
    }
    this.#next = mark * markEvery;
  }

  /** Add the events from one place to another to those of their shapes. */
  #tally(counts: Uint32Array, from: number, until: number): void {
    const { places } = this.#block;
    for (let i = from; i < until; i++) {
      const place = places[i] ?? 0;
      counts[place] = (counts[place] ?? 0) + 1;
    }
  }

  #marked(): Uint32Array {
    const width = this.#cursors.length;
    const marks = new Uint32Array(Math.ceil(this.count / markEvery) * width);
    const counts = new Uint32Array(this.#shapes.length);
    for (let first = 0, mark = 0; first < this.count; first += markEvery, mark += width) {
      for (const [place, uses] of this.#uses.entries()) {
        const count = counts[place] ?? 0;
        for (const slot of uses) marks[mark + slot] = (marks[mark + slot] ?? 0) + count;
      }
      this.#tally(counts, first, Math.min(first + markEvery, this.count));
    }
    return marks;
  }

  #bind(place: number): () => object {
    const { shape, maker } = at(this.#shapes, place);
    const cursors = at(this.#uses, place).map((slot) => at(this.#cursors, slot));
    const make = this.#make(maker, cursors);
    const lengths = cursors[maker.columns.indexOf(areaCount)];
    this.#makers[place] =
      shape.kind === "snapshot" && lengths !== undefined ? this.#withAreas(make, lengths) : make;
    return at(this.#makers, place);
  }

  #make({ make }: Maker, cursors: readonly Cursor[]): () => object {
    const { strings, firstString, files, firstFile } = this.#block.tables;
    const string = (index: number): string => at(strings, index - firstString);
    const file = (index: number): OpenFile => at(files, index - firstFile);
    return make(cursors, string, file, this.#block.timeUnit);
  }

  /** Snapshots with their areas, of which their own field has only the number. */
  #withAreas(make: () => object, lengths: Cursor): () => object {
    const areas = areasOf(this.#block, (maker, cursors) => this.#make(maker, cursors));
    return () => {
      const snapshot = lengths.at;
      return { ...make(), areas: areas(snapshot) };
    };
  }
}
