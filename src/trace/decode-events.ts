/** How columns become events again. */

import type { U64 } from "../units.ts";
import { type BlockData, type ColumnData, codes, columnId, shapeColumn } from "./block.ts";
import { decodeNumbers } from "./columns.ts";
import type { Event } from "./event.ts";
import type { OpenFile } from "./file.ts";
import { areaShape, type Field, type Shape, shapeBy } from "./shapes.ts";
import { ByteReader, Malformed } from "./varint.ts";

type Fields = Record<string, unknown>;

/** One field: its name, and its value given the fields before it. */
interface Step {
  readonly name: string;
  readonly value: (fields: Fields) => unknown;
}

function run(steps: readonly Step[]): Fields {
  const fields: Fields = {};
  for (const { name, value } of steps) fields[name] = value(fields);
  return fields;
}

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
  #steps = new Map<number, readonly Step[]>();
  #unit = 0;

  /** The events of a block; throws Malformed if its columns do not fit together. */
  block(block: BlockData, emit: (event: Event) => void): void {
    this.#strings.push(...block.strings);
    this.#files.push(...block.files);
    this.#cursors = new Map(block.columns.map((column) => [column.id, new Cursor(column)]));
    this.#steps = new Map();
    this.#unit = block.timeUnit;
    const shapes = this.#cursor(shapeColumn);
    for (let index = 0; index < block.count; index++) {
      const fields = this.#fields(shapes.number());
      emit(fields as unknown as Event);
    }
    if (!shapes.ended) throw new Malformed("a block has more events than it says");
  }

  #cursor(id: number): Cursor {
    const cursor = this.#cursors.get(id);
    if (cursor === undefined) throw new Malformed(`column ${id} is missing`);
    return cursor;
  }

  #fields(shape: number): Fields {
    let steps = this.#steps.get(shape);
    if (steps === undefined) {
      steps = this.#compile(shape);
      this.#steps.set(shape, steps);
    }
    return run(steps);
  }

  /** What reading an event of this shape does, field by field. */
  #compile(number: number): readonly Step[] {
    const shape = shapeBy(number % codes);
    if (shape === undefined) throw new Malformed(`events of unknown kind ${number % codes}`);
    const { kind, call } = shape;
    const named: readonly Step[] = [
      { name: "kind", value: () => kind },
      ...(call === undefined ? [] : [{ name: "call", value: () => call }]),
    ];
    const steps = this.#stepsOf(shape, Math.floor(number / codes));
    return [...named, ...steps, ...(kind === "snapshot" ? [this.#areas()] : [])];
  }

  #stepsOf(shape: Shape, bits: number): readonly Step[] {
    let rest = bits;
    const bit = (): boolean => {
      const set = rest % 2 === 1;
      rest = Math.floor(rest / 2);
      return set;
    };
    const steps: Step[] = [];
    for (const field of shape.fields) {
      const { name, kind, may, same } = field;
      const bitOnly = kind === "bool" || kind === "true";
      const there = may === undefined && !bitOnly ? true : bit();
      const copied = same !== undefined && bit();
      if (kind === "bool") steps.push({ name, value: () => there });
      else if (!there) {
        if (may === "null") steps.push({ name, value: () => null });
      } else if (kind === "true") steps.push({ name, value: () => true });
      else if (copied) steps.push({ name, value: (fields) => fields[same] });
      else steps.push({ name, value: this.#read(shape, field) });
    }
    return steps;
  }

  #read(shape: Shape, field: Field): (fields: Fields) => unknown {
    const { kind, from } = field;
    const cursor = this.#cursor(columnId(shape.code, field));
    const unit = this.#unit;
    switch (kind) {
      case "string":
        return () => at(this.#strings, cursor.number());
      case "file":
        return () => at(this.#files, cursor.number());
      case "u64":
        return () => cursor.u64();
      case "time": {
        if (unit === 0) return () => cursor.number();
        if (from === undefined) return () => cursor.number() / unit;
        return (fields) => {
          const time = fields[from];
          const base = typeof time === "number" ? Math.round(time * unit) : 0;
          return (base - cursor.number()) / unit;
        };
      }
      default:
        if (from === undefined) return () => cursor.number();
        return (fields) => Number(fields[from]) - cursor.number();
    }
  }

  /** The areas of a snapshot, of which its own field has only the number. */
  #areas(): Step {
    const bits = this.#cursors.get(areaShape.code * codes);
    const steps = new Map<number, readonly Step[]>();
    const one = (): Fields => {
      const shape = bits?.number() ?? 0;
      let known = steps.get(shape);
      if (known === undefined) {
        known = this.#stepsOf(areaShape, shape);
        steps.set(shape, known);
      }
      const { vmFlags, ...area } = run(known);
      if (typeof vmFlags !== "string") return area;
      return { ...area, vmFlags: vmFlags === "" ? [] : vmFlags.split(" ") };
    };
    const value = ({ areas }: Fields): readonly Fields[] => {
      const count = Number(areas);
      if (count > 0 && bits === undefined) throw new Malformed("areas are missing");
      return Array.from({ length: count }, one);
    };
    return { name: "areas", value };
  }
}
