/** How columns become events again. */

import type { U64 } from "../units.ts";
import { type BlockData, type ColumnData, codes, shapeColumn } from "./block.ts";
import { decodeNumbers } from "./columns.ts";
import type { Event } from "./event.ts";
import type { OpenFile } from "./file.ts";
import { makerOf } from "./makers.ts";
import { areaShape, type Shape, shapeBy } from "./shapes.ts";
import { ByteReader, Malformed } from "./varint.ts";

/** The values of a column, one after the other. */
class Cursor {
  readonly #values: Float64Array;
  readonly #wide = new Map<number, bigint>();
  #at = 0;

  constructor({ coding, data, count, wide }: ColumnData) {
    this.#values = decodeNumbers({ coding, data }, count);
    const reader = new ByteReader(wide);
    while (!reader.ended) {
      const index = reader.unsigned();
      const bytes = reader.bytes(8);
      const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
      this.#wide.set(index, view.getBigUint64(0, true));
    }
  }

  #next(): number {
    const value = this.#values[this.#at++];
    if (value === undefined) throw new Malformed("a column is too short");
    return value;
  }

  number(): number {
    const value = this.#next();
    if (this.#wide.size === 0) return value;
    const wide = this.#wide.get(this.#at - 1);
    return wide === undefined ? value : Number(BigInt.asIntN(64, wide));
  }

  u64(): U64 {
    const value = this.#next();
    if (this.#wide.size === 0) return value;
    return this.#wide.get(this.#at - 1) ?? value;
  }

  get ended(): boolean {
    return this.#at === this.#values.length;
  }
}

function at<T>(table: readonly T[], index: number): T {
  const value = table[index];
  if (value === undefined) throw new Malformed("an index is outside of its table");
  return value;
}

/** Reads blocks in their order; strings and files are numbered through all of them. */
export class EventDecoder {
  readonly #strings: string[] = [];
  readonly #files: OpenFile[] = [];
  #cursors = new Map<number, Cursor>();
  #makers = new Map<number, () => object>();
  #unit = 0;

  /** The events of a block; throws Malformed if its columns do not fit together. */
  block(block: BlockData, emit: (event: Event) => void): void {
    this.#strings.push(...block.strings);
    this.#files.push(...block.files);
    this.#cursors = new Map(block.columns.map((column) => [column.id, new Cursor(column)]));
    this.#makers = new Map();
    this.#unit = block.timeUnit;
    const shapes = this.#cursor(shapeColumn);
    for (let index = 0; index < block.count; index++) {
      const shape = shapes.number();
      const make = this.#makers.get(shape) ?? this.#maker(shape);
      emit(make() as Event);
    }
    if (!shapes.ended) throw new Malformed("a block has more events than it says");
  }

  #cursor(id: number): Cursor {
    const cursor = this.#cursors.get(id);
    if (cursor === undefined) throw new Malformed(`column ${id} is missing`);
    return cursor;
  }

  /** Makes events of a shape. */
  #maker(number: number): () => object {
    const shape = shapeBy(number % codes);
    if (shape === undefined) throw new Malformed(`events of unknown kind ${number % codes}`);
    const made = this.#made(shape, Math.floor(number / codes));
    const make = shape.kind === "snapshot" ? this.#withAreas(made) : made;
    this.#makers.set(number, make);
    return make;
  }

  #made(shape: Shape, bits: number): () => object {
    const { columns, make } = makerOf(shape, bits);
    const cursors = columns.map((id) => this.#cursor(id));
    const strings = (index: number): string => at(this.#strings, index);
    const files = (index: number): OpenFile => at(this.#files, index);
    return make(cursors, strings, files, this.#unit);
  }

  /** Snapshots with their areas, of which their own field has only the number. */
  #withAreas(made: () => object): () => object {
    const bits = this.#cursors.get(areaShape.code * codes);
    const makers = new Map<number, () => object>();
    const one = (): object => {
      const shape = bits?.number() ?? 0;
      const make = makers.get(shape) ?? this.#made(areaShape, shape);
      makers.set(shape, make);
      const { vmFlags, ...area } = make() as { readonly vmFlags?: string };
      if (vmFlags === undefined) return area;
      return { ...area, vmFlags: vmFlags === "" ? [] : vmFlags.split(" ") };
    };
    return () => {
      const snapshot = made() as { readonly areas: number };
      if (snapshot.areas > 0 && bits === undefined) throw new Malformed("areas are missing");
      return { ...snapshot, areas: Array.from({ length: snapshot.areas }, one) };
    };
  }
}
