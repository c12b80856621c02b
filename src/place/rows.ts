/** Which rows stand in the search table: the policy's attempts lowered by the architecture, equal lists stored once. */

import type { Row } from "../arch/types.ts";
import { finishKind, rowKind, search } from "./wire.ts";

/** A list of rows in the table. */
export interface RowRange {
  readonly first: number;
  readonly count: number;
}

/** A test that no page passes: none is that large. */
const passed = { finish: "test", finishMask: 2 ** 53 - 1, finishOffset: -1 } as const;

export class RowTable {
  readonly rows: Row[] = [];
  /** By first row, of lists that were asked about. */
  readonly #apart = new Map<number, RowRange | undefined>();
  /** By limits and kind of request, which are small numbers: by pages. */
  readonly #ranges: Map<number, RowRange>[][] = [];
  #table = new Float64Array(64 * search.stride);
  /** Rows of the longest list. */
  widest = 1;

  /** The table as it crosses the border; it may grow between calls. */
  get table(): Float64Array {
    return this.#table.subarray(0, this.rows.length * search.stride);
  }

  /** The range of the list for such a request between these limits, once it is there. */
  known(limits: number, kind: number, pages: number): RowRange | undefined {
    return this.#ranges[limits]?.[kind]?.get(pages);
  }

  /** Append the list for such a request between these limits. */
  put(limits: number, kind: number, pages: number, rows: readonly Row[]): RowRange {
    const range = this.add(rows);
    const kinds = this.#ranges[limits] ?? [];
    this.#ranges[limits] = kinds;
    const sizes = kinds[kind] ?? new Map<number, RowRange>();
    kinds[kind] = sizes;
    sizes.set(pages, range);
    return range;
  }

  /** The list as it runs where its page does not merge: that page is held. Undefined if it does not ask. */
  apart(range: RowRange): RowRange | undefined {
    const { first, count } = range;
    if (count === 0 || this.#apart.has(first)) return this.#apart.get(first);
    const rows = this.rows.slice(first, first + count);
    const asks = rows.some(({ merge }) => merge);
    const held = rows.map((row) => (row.merge === true ? { ...row, ...passed } : row));
    const apart = asks ? this.add(held) : undefined;
    this.#apart.set(first, apart);
    return apart;
  }

  add(rows: readonly Row[]): RowRange {
    const first = this.rows.length;
    this.widest = Math.max(this.widest, rows.length);
    for (const row of rows) this.#append(row);
    return { first, count: rows.length };
  }

  #append(row: Row): void {
    const at = this.rows.length * search.stride;
    if (at + search.stride > this.#table.length) {
      const larger = new Float64Array(this.#table.length * 2);
      larger.set(this.#table);
      this.#table = larger;
    }
    this.rows.push(row);
    const table = this.#table;
    table[at + search.kind] = rowKind[row.kind];
    table[at + search.attempt] = row.attempt;
    table[at + search.pages] = row.pages;
    table[at + search.lowLimit] = row.lowLimit;
    table[at + search.highLimit] = row.highLimit;
    table[at + search.alignMask] = row.alignMask;
    table[at + search.alignOffset] = row.alignOffset;
    table[at + search.startGap] = row.startGap;
    table[at + search.finish] = finishKind[row.finish];
    table[at + search.finishMask] = row.finishMask;
    table[at + search.finishOffset] = row.finishOffset;
    table[at + search.hintWall] = row.hintWall;
  }
}
