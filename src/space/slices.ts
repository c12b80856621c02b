/** Which ops are slices of one call that changes attributes: a call over several objects is one op for each. */

import type { OpTable } from "../resolve/op-table.ts";
import type { OpPages } from "./op-pages.ts";

/** True if both are slices of one call. */
function isSameChange(ops: OpTable, first: number, other: number): boolean {
  const { kind, event, guard, extra } = ops;
  return (
    kind[other] === kind[first] &&
    event[other] === event[first] &&
    guard[other] === guard[first] &&
    extra[other] === extra[first]
  );
}

/**
 * The page at which the change ends that begins with the op `first` at `start`, and the first op behind its slices; slices that another
 * policy has parted are changes of their own.
 */
export function changeFrom(
  ops: OpTable,
  at: OpPages,
  first: number,
  start: number,
): { readonly end: number; readonly next: number } {
  const { pages } = ops;
  let end = start + (pages[first] ?? 0);
  let next = first + 1;
  while (isSameChange(ops, first, next)) {
    if (at.at(next) !== end) break;
    end += pages[next] ?? 0;
    next += 1;
  }
  return { end, next };
}
