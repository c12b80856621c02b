/** The ops of a program in order: columns for who walks all of them, and an object for who asks for one. */

import type { Shelf } from "../trace/block.ts";
import { type Extra, extraOf, type OpTable, opKinds, ways } from "./op-table.ts";
import type { Area, Op, Origin, Position } from "./program.ts";
import { resting } from "./resting-table.ts";

type MapOp = Extract<Op, { kind: "map" }>;
type FixOp = Extract<Op, { kind: "fix" }>;
type ReleaseOp = Extract<Op, { kind: "release" }>;

const noSearches: readonly never[] = [];

/** A table of fewer ops is not worth a place on a shelf. */
const many = 2 ** 20;

export class Ops implements Iterable<Op> {
  readonly length: number;
  /** undefined while it rests. */
  #table: OpTable | undefined;
  #again: (() => OpTable) | undefined;

  constructor(table: OpTable) {
    this.#table = table;
    this.length = table.kind.length;
  }

  get table(): OpTable {
    this.#table ??= this.#again?.();
    if (this.#table === undefined) throw new Error("ops rest nowhere");
    return this.#table;
  }

  get isLarge(): boolean {
    return this.length >= many;
  }

  /** Nobody asks for a while: a large table goes on the shelf until somebody does. True if it did. */
  rest(shelf: Shelf): boolean {
    if (!this.isLarge || this.#table === undefined) return false;
    this.#again ??= resting(this.#table, shelf);
    this.#table = undefined;
    return true;
  }

  *[Symbol.iterator](): Generator<Op, void, undefined> {
    for (let index = 0; index < this.length; index++) yield this.#op(index);
  }

  forEach(visit: (op: Op, index: number) => void): void {
    for (let index = 0; index < this.length; index++) visit(this.#op(index), index);
  }

  /** The op as an object of its own. */
  at(index: number): Op | undefined {
    return index >= 0 && index < this.length ? this.#op(index) : undefined;
  }

  /** Indices of the ops of an event. */
  of(event: number): readonly number[] {
    const found: number[] = [];
    for (
      let at = this.table.event.indexOf(event);
      at >= 0;
      at = this.table.event.indexOf(event, at + 1)
    )
      found.push(at);
    return found;
  }

  /** Line of an event, 0 where it has no op. */
  lineOf(event: number): number {
    return this.table.line[this.table.event.indexOf(event)] ?? 0;
  }

  #op(index: number): Op {
    const { table } = this;
    const from = { event: table.event[index] ?? -1, line: table.line[index] ?? 0 };
    const space = table.object[index] ?? 0;
    const kind = opKinds[table.kind[index] ?? 0] ?? "enter";
    switch (kind) {
      case "enter":
      case "fork":
      case "exit":
        return { kind, space, ...from };
      case "map": {
        const recorded = table.recorded[index] ?? 0;
        return { kind, object: space, recorded, ...this.#placing(index), ...from };
      }
      case "probe":
        return { kind, failed: this.#extra(index).failed ?? "", ...this.#placing(index), ...from };
      case "fix":
        return this.#fix(index, from);
      case "snapshot": {
        const { snapshot } = this.#extra(index);
        return { kind, source: "", exact: false, areas: [], ...snapshot, ...from };
      }
      default:
        return this.#ranged(kind, index, from);
    }
  }

  #extra(index: number): Extra {
    return extraOf(this.table, index) ?? {};
  }

  #area(index: number): Area {
    const area = this.table.areas[this.table.area[index] ?? -1];
    if (area === undefined) throw new Error(`op ${index} has no area`);
    const id = (this.table.open[index] ?? 0) - 1;
    const { file } = area;
    return file === undefined || file.id === id ? area : { ...area, file: { ...file, id } };
  }

  #at(index: number): Position {
    const { atObject, atOffset } = this.table;
    return { object: atObject[index] ?? 0, offset: atOffset[index] ?? 0 };
  }

  #source(index: number): { readonly source?: Position } {
    const object = this.table.sourceObject[index] ?? 0;
    return object === 0 ? {} : { source: { object, offset: this.table.sourceOffset[index] ?? 0 } };
  }

  #placing(index: number): Omit<MapOp, "kind" | "object" | "recorded" | keyof Origin> {
    const { table } = this;
    const { kept, startGap = 0, searches = noSearches } = this.#extra(index);
    return {
      how: ways[table.how[index] ?? 0] ?? "place",
      pages: table.pages[index] ?? 0,
      ...(kept !== undefined && { kept }),
      guard: table.guard[index] ?? 0,
      area: this.#area(index),
      ...((table.atObject[index] ?? -1) >= 0 && { hint: this.#at(index) }),
      low32: table.low32[index] === 1,
      above4g: table.above4g[index] === 1,
      startGap,
      searches,
      ...this.#source(index),
    };
  }

  #fix(index: number, from: Origin): FixOp {
    const { table } = this;
    const { kept, align, alignOffset } = this.#extra(index);
    return {
      kind: "fix",
      object: table.object[index] ?? 0,
      at: this.#at(index),
      recorded: table.recorded[index] ?? 0,
      pages: table.pages[index] ?? 0,
      guard: table.guard[index] ?? 0,
      area: this.#area(index),
      ...this.#source(index),
      ...(kept !== undefined && { kept }),
      ...(align !== undefined && { align }),
      ...(alignOffset !== undefined && { alignOffset }),
      ...from,
    };
  }

  #ranged(
    kind: "protect" | "advise" | "discard" | "touch" | "release",
    index: number,
    from: Origin,
  ): Op {
    const range = { at: this.#at(index), pages: this.table.pages[index] ?? 0 };
    const { spare, change = { name: null } } = this.#extra(index);
    switch (kind) {
      case "release":
        return {
          kind,
          ...range,
          ...(spare !== undefined && { spare }),
          ...from,
        } satisfies ReleaseOp;
      case "protect":
        return { kind, ...range, prot: this.table.guard[index] ?? 0, ...from };
      case "advise":
        return { kind, ...range, change, ...from };
      default:
        return { kind, ...range, ...from };
    }
  }
}
