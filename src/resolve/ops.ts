/** The ops of a program in order: columns for who walks all of them, and an object for who asks for one. */

import type { Shelf } from "../trace/block.ts";
import type { OpTable } from "./op-table.ts";
import type { Op } from "./program.ts";
import { RestingTable } from "./resting-table.ts";
import { opOfRow } from "./row.ts";

/** A table of fewer ops is not worth a place on a shelf. */
const many = 2 ** 20;

/** Ops one after the other, of which `from` is the first. */
export interface Stretch {
  readonly from: number;
  readonly table: OpTable;
}

/** Stretches of a table at rest that are held: who asks for an op often asks for others close by. */
const held = 4;

export class Ops implements Iterable<Op> {
  readonly length: number;
  /** undefined while it rests. */
  #table: OpTable | undefined;
  #resting: RestingTable | undefined;
  #stretches: Stretch[] = [];

  constructor(table: OpTable) {
    this.#table = table;
    this.length = table.kind.length;
  }

  get table(): OpTable {
    this.#table ??= this.#woken();
    return this.#table;
  }

  #woken(): OpTable {
    if (this.#resting === undefined) throw new Error("ops rest nowhere");
    this.#stretches = [];
    return this.#resting.table();
  }

  get isLarge(): boolean {
    return this.length >= many;
  }

  /** Nobody asks for all of it for a while: a large table goes on the shelf until somebody does. True if it did. */
  rest(shelf: Shelf): boolean {
    this.#stretches = [];
    if (!this.isLarge || this.#table === undefined) return false;
    this.#resting ??= new RestingTable(this.#table, shelf);
    this.#table = undefined;
    return true;
  }

  *[Symbol.iterator](): Generator<Op, void, undefined> {
    for (let index = 0; index < this.length; index++) yield opOfRow(this.table, index);
  }

  forEach(visit: (op: Op, index: number) => void): void {
    for (let index = 0; index < this.length; index++) visit(opOfRow(this.table, index), index);
  }

  /** The op as an object of its own; a table at rest stays there. */
  at(index: number): Op | undefined {
    if (index < 0 || index >= this.length) return undefined;
    if (this.#table !== undefined) return opOfRow(this.#table, index);
    const { from, table } = this.#around(index);
    return opOfRow(table, index - from);
  }

  /** All of them, in order; a table at rest stays there. */
  *stretches(): Generator<Stretch, void, undefined> {
    for (let index = 0; index < this.length; ) {
      const stretch = this.#around(index);
      yield stretch;
      index += stretch.table.kind.length;
    }
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

  /** The ops at hand that an op is one of. */
  #around(index: number): Stretch {
    if (this.#table !== undefined || this.#resting === undefined)
      return { from: 0, table: this.table };
    const known = this.#stretches.find(
      ({ from, table }) => index >= from && index < from + table.kind.length,
    );
    if (known !== undefined) return known;
    const found = this.#resting.around(index);
    if (this.#stretches.push(found) > held) this.#stretches.shift();
    return found;
  }
}
