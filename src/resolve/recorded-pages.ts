/** Where each object was recorded. */

import { opNumber } from "./op-table.ts";
import type { Program } from "./program.ts";

const known = new WeakMap<Program, Float64Array>();

/** By object: its recorded page; found once for a program. */
export function recordedPages(program: Program): Float64Array {
  const before = known.get(program);
  if (before !== undefined) return before;
  const { kind, object, recorded } = program.ops.table;
  const pages = new Float64Array(program.objects + 1);
  for (let index = 0; index < kind.length; index++)
    if (kind[index] === opNumber.map || kind[index] === opNumber.fix)
      pages[object[index] ?? 0] = recorded[index] ?? 0;
  known.set(program, pages);
  return pages;
}
