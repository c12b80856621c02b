/** Rows of a few numbers in ascending order, whatever their number: what there is no room for in memory is put away. */

import type { Shelf } from "./block.ts";

export type Row = readonly number[];

/** Rows that are sorted at once, and then put away. */
const most = 16_384;

/** By the first number, rows of equal ones by the next. */
function compare(a: Row, b: Row): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Rows that were sorted together. */
interface Run {
  readonly first: Row;
  readonly rows: () => readonly Row[];
}

/** A run while it is read. */
interface Open {
  readonly rows: readonly Row[];
  next: number;
}

const rowOf = ({ rows, next }: Open): Row => rows[next] ?? [];

const least = (opened: readonly Open[]): Open | undefined =>
  opened.reduce<Open | undefined>(
    (best, one) => (best === undefined || compare(rowOf(one), rowOf(best)) < 0 ? one : best),
    undefined,
  );

/** Give it rows in nearly the order in which they are wanted: few runs are then read at a time. */
export class SortedRows implements Iterable<Row> {
  readonly #shelf: Shelf | undefined;
  readonly #runs: Run[] = [];
  #rows: Row[] = [];

  constructor(shelf?: Shelf) {
    this.#shelf = shelf;
  }

  get isEmpty(): boolean {
    return this.#runs.length + this.#rows.length === 0;
  }

  /** All rows have as many numbers. */
  push(row: Row): void {
    this.#rows.push(row);
    if (this.#rows.length === most) this.#seal();
  }

  #seal(): void {
    const rows = this.#rows.sort(compare);
    this.#rows = [];
    const [first] = rows;
    if (first === undefined) return;
    this.#runs.push({ first, rows: this.#shelf?.(rows) ?? (() => rows) });
  }

  /** All of them, ascending. */
  *[Symbol.iterator](): Generator<Row, undefined> {
    this.#seal();
    const runs = this.#runs.toSorted((a, b) => compare(a.first, b.first));
    let opened: readonly Open[] = [];
    let next = 0;
    for (;;) {
      let first = least(opened);
      for (let run = runs[next]; run !== undefined; run = runs[next]) {
        if (first !== undefined && compare(rowOf(first), run.first) < 0) break;
        next += 1;
        opened = [...opened, { rows: run.rows(), next: 0 }];
        first = least(opened);
      }
      if (first === undefined) return;
      yield rowOf(first);
      first.next += 1;
      if (first.next === first.rows.length) opened = opened.filter((one) => one !== first);
    }
  }
}
