/** How columns of bytes become columns in memory: those of a block in one call. */

import { MmreplayError } from "../errors.ts";
import { readColumns } from "../native/load.ts";
import { doubles, longestColumn } from "./coding.ts";
import type { Packed } from "./packed.ts";
import { ByteReader, Malformed } from "./varint.ts";

/** Where a column stands in the bytes of all columns of a block. */
export interface StoredColumn {
  readonly coding: number;
  /** Version 1 says it; from then on it follows from the shapes. */
  readonly count?: number;
  readonly at: number;
  readonly length: number;
  readonly lowAt: number;
  readonly lowLength: number;
  /** Numbers that no double holds. */
  readonly wide: Uint8Array;
}

export interface StoredColumns {
  readonly data: Uint8Array;
  /** The low bits of all numbers. */
  readonly low: Uint8Array;
  readonly byId: ReadonlyMap<number, StoredColumn>;
}

/** What stands in a row: of the column up to `want`, of what it holds from `kind` on. */
export const column = {
  coding: 0,
  count: 1,
  dataAt: 2,
  dataLength: 3,
  lowAt: 4,
  lowLength: 5,
  want: 6,
  kind: 7,
  at: 8,
  length: 9,
  base: 10,
  unit: 11,
  most: 12,
  listAt: 13,
  listLength: 14,
  stride: 15,
} as const;

/** How numbers are wanted: as narrow as they can be, as doubles, or as places in a list. */
export const columnWant = { narrow: 0, wide: 1, listed: 2 } as const;

/** What numbers are stored as. */
export const columnKind = { bytes: 0, shorts: 1, words: 2, doubles: 3 } as const;

/** A column of few distinct numbers, and for each the place of its own among them. */
export interface Kinds {
  readonly distinct: readonly number[];
  readonly places: Uint8Array | Uint16Array;
}

const noWide: ReadonlyMap<number, bigint> = new Map();

function wideOf(wide: Uint8Array, count: number): ReadonlyMap<number, bigint> {
  if (wide.length === 0) return noWide;
  const values = new Map<number, bigint>();
  const reader = new ByteReader(wide);
  while (!reader.ended) {
    const index = reader.unsigned();
    if (index >= count) throw new Malformed("a wide number is outside of its column");
    const bytes = reader.bytes(8);
    values.set(index, new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  }
  return values;
}

/** Columns are asked for one by one, read all at once, and then looked at in the order in which they were asked for. */
export class ColumnReader {
  readonly #stored: StoredColumns;
  readonly #asked: StoredColumn[] = [];
  #rows = new Float64Array(48 * column.stride);
  #buffer = new ArrayBuffer(0);

  constructor(stored: StoredColumns) {
    this.#stored = stored;
  }

  /** Ask for the column, of so many numbers; throws Malformed if there is none with so many. Returns its number for what follows. */
  ask(id: number, count: number, want: number = columnWant.narrow): number {
    const stored = this.#stored.byId.get(id);
    if (stored === undefined) throw new Malformed(`column ${id} is missing`);
    if ((stored.count ?? count) !== count)
      throw new Malformed(`column ${id} has not a value for each event`);
    if (count > longestColumn) throw new Malformed("a column is too long");
    const place = this.#asked.push(stored) - 1;
    const at = place * column.stride;
    if (at === this.#rows.length) this.#grow();
    const rows = this.#rows;
    rows[at + column.coding] = stored.coding;
    rows[at + column.count] = count;
    rows[at + column.dataAt] = stored.at;
    rows[at + column.dataLength] = stored.length;
    rows[at + column.lowAt] = stored.lowAt;
    rows[at + column.lowLength] = stored.lowLength;
    rows[at + column.want] = want;
    return place;
  }

  #grow(): void {
    const rows = new Float64Array(2 * this.#rows.length);
    rows.set(this.#rows);
    this.#rows = rows;
  }

  /** Read what was asked for; throws Malformed if bytes are no such columns. */
  read(): void {
    const rows = this.#rows.subarray(0, this.#asked.length * column.stride);
    this.#buffer = malformedBy(() => readColumns(rows, this.#stored.data, this.#stored.low));
  }

  #cell(place: number, cell: number): number {
    return this.#rows[place * column.stride + cell] ?? 0;
  }

  /** A column that was asked for as narrow as it can be; its numbers are places in a table if its length is given. */
  packed(place: number, table?: number): Packed {
    const packed = packedIn(this.#rows, place, this.#buffer, this.#asked[place]?.wide);
    if (table !== undefined && packed.count > 0) this.#checkPlaces(place, packed, table);
    return packed;
  }

  #checkPlaces(place: number, { stored, base, unit, wide }: Packed, table: number): void {
    if (this.#asked[place]?.coding === doubles) throw new Malformed("an index is no whole number");
    const isNarrow = this.#cell(place, column.kind) !== columnKind.doubles && wide.size === 0;
    const isInside =
      this.#cell(place, column.most) < table || base + unit * largestOf(stored) < table;
    if (!(isNarrow && base >= 0 && isInside))
      throw new Malformed("an index is outside of its table");
  }

  /** A column that was asked for as doubles, without those that no double holds. */
  doubles(place: number): Float64Array {
    const count = this.#cell(place, column.count);
    return new Float64Array(this.#buffer, this.#cell(place, column.at), count);
  }

  /** A column that was asked for as a list and places. */
  listed(place: number): Kinds {
    const [at, length] = [this.#cell(place, column.at), this.#cell(place, column.length)];
    const listAt = this.#cell(place, column.listAt);
    const isShort = this.#cell(place, column.kind) === columnKind.shorts;
    return {
      distinct: [...new Float64Array(this.#buffer, listAt, this.#cell(place, column.listLength))],
      places: isShort
        ? new Uint16Array(this.#buffer, at, length)
        : new Uint8Array(this.#buffer, at, length),
    };
  }
}

/** What the native part returns; what it refuses is malformed. */
export function malformedBy<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MmreplayError || !(error instanceof Error)) throw error;
    throw new Malformed(error.message);
  }
}

/** The column of a row that tells where its numbers are in a buffer, but for the wide ones. */
export function packedIn(
  rows: Float64Array,
  place: number,
  buffer: ArrayBuffer,
  wide: Uint8Array = new Uint8Array(0),
): Packed {
  const cell = (number: number): number => rows[place * column.stride + number] ?? 0;
  return {
    count: cell(column.count),
    stored: storedAs(cell(column.kind), buffer, cell(column.at), cell(column.length)),
    base: cell(column.base),
    unit: cell(column.unit),
    wide: wideOf(wide, cell(column.count)),
  };
}

function largestOf(stored: Packed["stored"]): number {
  let most = 0;
  for (let i = 0; i < stored.length; i++) {
    const value = stored[i] ?? 0;
    if (value > most) most = value;
  }
  return most;
}

function storedAs(kind: number, buffer: ArrayBuffer, at: number, length: number): Packed["stored"] {
  switch (kind) {
    case columnKind.bytes:
      return new Uint8Array(buffer, at, length);
    case columnKind.shorts:
      return new Uint16Array(buffer, at, length);
    case columnKind.words:
      return new Uint32Array(buffer, at, length);
    default:
      return new Float64Array(buffer, at, length);
  }
}
