/** How tricks lie in memory: columns for those that one recording may have a million of, and a list for the others. */

import type { Ladder, Learned, Literal, Trim, Try } from "./types.ts";

/** What has a row, by its number in `class`. */
export const rowClasses: readonly (Trim | Literal)["class"][] = [
  ...(["unexplained", "shrink", "trim", "placeholder"] as const),
];

/** The lists of ops of a row, in the order in which they lie. */
export const rowLists = ["cuts", "gaps", "overlays", "replaced"] as const;

/** One entry per trim, placeholder or literal and column; pages. */
export interface IdiomColumns {
  /** In `rowClasses`. */
  readonly class: Uint8Array;
  /** 1 is true: of form A-P. */
  readonly lessPage: Uint8Array;
  /** 1 is true: its one overlay covers the kept part. */
  readonly backed: Uint8Array;
  readonly space: Int32Array;
  readonly op: Int32Array;
  readonly line: Uint32Array;
  /** What the reservation was, and its pages. */
  readonly object: Int32Array;
  readonly pages: Float64Array;
  readonly align: Float64Array;
  readonly low: Float64Array;
  readonly kept: Float64Array;
  readonly guard: Float64Array;
  readonly cutCalls: Int32Array;
  /** Where each list ends in `items`; it begins where the one before ends. */
  readonly ends: Int32Array;
  readonly items: Int32Array;
}

/** Plain values: it crosses to another thread. */
export interface IdiomTable extends IdiomColumns {
  /** By row. */
  readonly firstTries: ReadonlyMap<number, Try>;
  readonly others: readonly (Learned | Ladder)[];
  /** By place in the order of their ops: a row, or -1 less the index of another. */
  readonly order: Int32Array;
}

/** Room that nobody writes to takes no memory. */
export function idiomColumns(rows: number, items: number): IdiomColumns {
  const bytes = (each: number) => new SharedArrayBuffer(rows * each);
  const whole = () => new Int32Array(bytes(4));
  const pages = () => new Float64Array(bytes(8));
  return {
    class: new Uint8Array(bytes(1)),
    lessPage: new Uint8Array(bytes(1)),
    backed: new Uint8Array(bytes(1)),
    space: whole(),
    op: whole(),
    line: new Uint32Array(bytes(4)),
    object: whole(),
    pages: pages(),
    align: pages(),
    low: pages(),
    kept: pages(),
    guard: pages(),
    cutCalls: whole(),
    ends: new Int32Array(bytes(4 * rowLists.length)),
    items: new Int32Array(new SharedArrayBuffer(4 * items)),
  };
}

/** The order of rows and others by their ops, in which each of them is. */
export function orderOf(op: Int32Array, others: readonly { readonly op: number }[]): Int32Array {
  const order = new Int32Array(new SharedArrayBuffer(4 * (op.length + others.length)));
  let row = 0;
  for (let at = 0; at < order.length; at++) {
    const other = others[at - row]?.op ?? Number.POSITIVE_INFINITY;
    if (row < op.length && (op[row] ?? 0) <= other) order[at] = row++;
    else order[at] = row - at - 1;
  }
  return order;
}
