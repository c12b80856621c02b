/** The tricks of a program, in the order of their ops. */

import type { Ops } from "../ops.ts";
import { type IdiomTable, rowClasses, rowLists } from "./idiom-table.ts";
import { type FixOp, type Idiom, isTrim, type MapOp, type Trim, type Try } from "./types.ts";

/** A row of the table as a trick. */
class Row implements Trim {
  readonly #table: IdiomTable;
  readonly #ops: Ops;
  readonly #row: number;

  constructor(table: IdiomTable, ops: Ops, row: number) {
    this.#table = table;
    this.#ops = ops;
    this.#row = row;
  }

  get class(): Trim["class"] {
    return rowClasses[this.#table.class[this.#row] ?? 0] === "trim" ? "trim" : "placeholder";
  }

  get space(): number {
    return this.#table.space[this.#row] ?? 0;
  }

  get op(): number {
    return this.#table.op[this.#row] ?? 0;
  }

  get object(): number {
    return this.#table.object[this.#row] ?? 0;
  }

  get pages(): number {
    return this.#table.pages[this.#row] ?? 0;
  }

  get map(): MapOp {
    const map = this.#ops.at(this.op);
    if (map?.kind !== "map") throw new Error(`op ${this.op} is no map`);
    return map;
  }

  get line(): number {
    return this.#table.line[this.#row] ?? 0;
  }

  get align(): number {
    return this.#table.align[this.#row] ?? 1;
  }

  get form(): Trim["form"] {
    return this.#table.lessPage[this.#row] === 1 ? "A-P" : "A";
  }

  get low(): number {
    return this.#table.low[this.#row] ?? 0;
  }

  get kept(): number {
    return this.#table.kept[this.#row] ?? 0;
  }

  get guard(): number {
    return this.#table.guard[this.#row] ?? 0;
  }

  get isBacked(): boolean {
    return this.#table.backed[this.#row] === 1;
  }

  get backed(): FixOp | undefined {
    const op = this.isBacked ? this.#ops.at(this.overlays[0] ?? -1) : undefined;
    return op?.kind === "fix" ? op : undefined;
  }

  get regions(): boolean {
    return this.overlays.length > 1 && this.gaps.length > 0;
  }

  get cuts(): readonly number[] {
    return this.#list("cuts");
  }

  get gaps(): readonly number[] {
    return this.#list("gaps");
  }

  get cutCalls(): number {
    return this.#table.cutCalls[this.#row] ?? 0;
  }

  get overlays(): readonly number[] {
    return this.#list("overlays");
  }

  get replaced(): readonly number[] {
    return this.#list("replaced");
  }

  get firstTry(): Try | undefined {
    return this.#table.firstTries.get(this.#row);
  }

  #list(name: (typeof rowLists)[number]): readonly number[] {
    const { ends, items } = this.#table;
    const list = rowLists.length * this.#row + rowLists.indexOf(name);
    const found: number[] = [];
    const end = ends[list] ?? 0;
    for (let at = list === 0 ? 0 : (ends[list - 1] ?? 0); at < end; at++)
      found.push(items[at] ?? 0);
    return found;
  }
}

export class Idioms implements Iterable<Idiom> {
  readonly table: IdiomTable;
  readonly #ops: Ops;

  /** `ops`: of the program that they were found in. */
  constructor(table: IdiomTable, ops: Ops) {
    this.table = table;
    this.#ops = ops;
  }

  get length(): number {
    return this.table.order.length;
  }

  *[Symbol.iterator](): Generator<Idiom, void, undefined> {
    for (let index = 0; index < this.length; index++) yield this.#idiom(index);
  }

  /** The trick at a place in the order. */
  at(index: number): Idiom | undefined {
    return index >= 0 && index < this.length ? this.#idiom(index) : undefined;
  }

  /** The trim or placeholder in a row of the table. */
  trim(row: number): Trim {
    return new Row(this.table, this.#ops, row);
  }

  /** The trims and placeholders. */
  *trims(): Generator<Trim, void, undefined> {
    for (const one of this) if (isTrim(one)) yield one;
  }

  #idiom(index: number): Idiom {
    const row = this.table.order[index] ?? 0;
    const other = row < 0 ? this.table.others[-1 - row] : undefined;
    if (other !== undefined) return other;
    const name = rowClasses[this.table.class[row] ?? 0] ?? "unexplained";
    if (name === "trim" || name === "placeholder") return this.trim(row);
    const { space, op, line } = this.table;
    return { class: name, space: space[row] ?? 0, op: op[row] ?? 0, line: line[row] ?? 0 };
  }
}
