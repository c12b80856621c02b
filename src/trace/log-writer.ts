/** How events become columns: they are pushed one by one, and every full block is packed. */

import { type Block, blockEvents, codes, type Shelf, type Slot } from "./block.ts";
import type { Event, MapsArea } from "./event.ts";
import { fileKey, type OpenFile } from "./file.ts";
import { Column, Times } from "./growing.ts";
import { atHand, EventLog } from "./log.ts";
import type { Packed } from "./packed.ts";
import { areaShape, type Shape, shapeOf } from "./shapes.ts";
import { type Writer, writerOf } from "./writers.ts";

/** What recorders print. */
const decimalUnits = [1e6, 1e9] as const;

/** Numbers for values that are equal within one block. */
class Table<T> {
  #first = 0;
  #all: T[] = [];
  #places = new Map<string, number>();
  #lastKey: string | undefined;
  #last = 0;

  place(key: string, value: T): number {
    if (key === this.#lastKey) return this.#last;
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.add(value);
      this.#places.set(key, place);
    }
    this.#lastKey = key;
    this.#last = place;
    return place;
  }

  /** One that is equal to none of the others. */
  add(value: T): number {
    return this.#first + this.#all.push(value) - 1;
  }

  /** What came since the last call, with the number of the first of them. */
  take(): { readonly all: readonly T[]; readonly first: number } {
    const taken = { all: this.#all, first: this.#first };
    this.#first += this.#all.length;
    this.#all = [];
    this.#places = new Map();
    this.#lastKey = undefined;
    return taken;
  }
}

/** What all events of one shape have in common. */
const nameOf = (event: Event): string => (event.kind === "call" ? event.call : event.kind);

/** How events of one name are written. */
interface Writing {
  readonly code: number;
  readonly write: (event: Event) => number;
}

interface PlacedFile {
  readonly file: OpenFile;
  readonly place: number;
}

/** Bytes of blocks that stay in memory where there is a shelf. */
const mostHeld = 2 ** 26;

/** What a string takes beside its characters, and a file beside its path (91 bytes measured), which many share. */
const stringBytes = 32;
const fileBytes = 96;

function bytesIn({ places, columns, tables }: Block): number {
  let bytes = places.byteLength + fileBytes * tables.files.length;
  for (const { stored } of columns.values()) bytes += stored.byteLength;
  const texts = new Set(tables.strings);
  for (const { path = "" } of tables.files) texts.add(path);
  for (const text of texts) bytes += stringBytes + text.length;
  return bytes;
}

export class LogWriter {
  readonly #shelf: Shelf | undefined;
  readonly #strings = new Table<string>();
  readonly #files = new Table<OpenFile>();
  /** The first file under each number: nearly always the only one, which is found without making a key of it. */
  readonly #numbered = new Map<number, PlacedFile>();
  readonly #columns = new Map<number, Column>();
  readonly #times = new Map<number, Times>();
  readonly #writers = new Map<string, Writing>();
  readonly #slots: Slot[] = [];
  #held = 0;
  #shapes = new Map<number, number>();
  /** The shape of the last event, and its place. */
  #lastShape = -1;
  #lastPlace = 0;
  readonly #places = new Uint16Array(blockEvents);
  #count = 0;

  constructor(shelf?: Shelf) {
    this.#shelf = shelf;
  }

  push(event: Event): void {
    const { code, write } = this.#writers.get(nameOf(event)) ?? this.#newWriter(event);
    const number = code + codes * write(event);
    if (number !== this.#lastShape) {
      this.#lastPlace = this.#placeOf(number);
      this.#lastShape = number;
    }
    this.#places[this.#count++] = this.#lastPlace;
    if (this.#count === blockEvents) this.#seal();
  }

  #placeOf(shape: number): number {
    const known = this.#shapes.get(shape);
    if (known !== undefined) return known;
    const place = this.#shapes.size;
    this.#shapes.set(shape, place);
    return place;
  }

  /** Everything that was pushed; nothing can be pushed from then on. */
  done(): EventLog {
    if (this.#count > 0) this.#seal();
    return new EventLog(this.#slots);
  }

  #newWriter(event: Event): Writing {
    const shape = shapeOf(event);
    const write = this.#writerOf(shape);
    const writing = {
      code: shape.code,
      write: event.kind === "snapshot" ? this.#ofSnapshots(write) : write,
    };
    this.#writers.set(nameOf(event), writing);
    return writing;
  }

  #writerOf(shape: Shape): Writer {
    return writerOf(shape, {
      column: (id) => this.#column(id),
      times: (id) => this.#timesOf(id),
      string: (text) => this.#strings.place(text, text),
      file: (file) => this.#file(file),
    });
  }

  #column(id: number): Column {
    const column = this.#columns.get(id) ?? new Column();
    this.#columns.set(id, column);
    return column;
  }

  #timesOf(id: number): Times {
    const times = this.#times.get(id) ?? new Times();
    this.#times.set(id, times);
    return times;
  }

  #file(file: OpenFile): number {
    if (file.id < 0) return this.#files.place(fileKey(file), file);
    const first = this.#numbered.get(file.id);
    if (first?.file === file) return first.place;
    if (first === undefined) {
      const place = this.#files.add(file);
      this.#numbered.set(file.id, { file, place });
      return place;
    }
    const key = fileKey(file);
    return key === fileKey(first.file) ? first.place : this.#files.place(key, file);
  }

  /** Snapshots as they are stored: areas for themselves, and their number. */
  #ofSnapshots(write: Writer): Writing["write"] {
    const writeArea = this.#writerOf(areaShape);
    const area = (one: MapsArea): void => {
      const flags = one.vmFlags === undefined ? {} : { vmFlags: one.vmFlags.join(" ") };
      this.#column(areaShape.code * codes).push(writeArea({ ...one, ...flags }));
    };
    return (event) => {
      if (event.kind !== "snapshot") return write(event);
      for (const one of event.areas) area(one);
      return write({ ...event, areas: event.areas.length });
    };
  }

  #seal(): void {
    const columns = new Map<number, Packed>();
    const timeUnit = this.#timeUnit();
    for (const [id, column] of this.#columns) if (!column.isEmpty) columns.set(id, column.take());
    for (const [id, times] of this.#times) {
      if (!times.isEmpty) columns.set(id, times.take(timeUnit));
    }
    const shapes = [...this.#shapes.keys()];
    const places = this.#places.subarray(0, this.#count);
    const [strings, files] = [this.#strings.take(), this.#files.take()];
    this.#put({
      count: this.#count,
      tables: {
        strings: strings.all,
        firstString: strings.first,
        files: files.all,
        firstFile: files.first,
      },
      shapes,
      places: shapes.length > 256 ? places.slice() : Uint8Array.from(places),
      columns,
      timeUnit,
    });
    this.#numbered.clear();
    this.#shapes = new Map();
    this.#lastShape = -1;
    this.#count = 0;
  }

  #put(block: Block): void {
    const { count, shapes } = block;
    this.#held += bytesIn(block);
    const isHeld = this.#shelf === undefined || this.#held <= mostHeld;
    this.#slots.push(isHeld ? atHand(block) : { count, shapes, block: this.#shelf(block) });
  }

  /** The unit in which all times are whole and come back exactly; 0 if there is none. */
  #timeUnit(): number {
    const all = [...this.#times.values()];
    const isExact = (unit: number): boolean =>
      all.every((times) => times.parts(unit) !== undefined);
    const decimal = decimalUnits.find(isExact);
    if (decimal !== undefined) return decimal;
    // Sums of printed times are no multiples of those, but of the step between doubles of that size.
    const largest = Math.max(1, ...all.map((times) => times.largest));
    const step = 2 ** (52 - Math.floor(Math.log2(largest)));
    return isExact(step) ? step : 0;
  }
}

/** The events in columns; those of a log are that already. */
export function logOf(events: Iterable<Event>, shelf?: Shelf): EventLog {
  if (events instanceof EventLog) return events;
  const writer = new LogWriter(shelf);
  for (const event of events) writer.push(event);
  return writer.done();
}
