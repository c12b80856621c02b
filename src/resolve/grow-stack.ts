/** How a stack grows between two snapshots. */

import type { MapsArea } from "../trace/event.ts";
import { pageOf } from "../units.ts";
import type { Origin } from "./program.ts";
import type { State } from "./state.ts";

/**
 * No call grows a stack: a later snapshot that shows it lower is the only evidence (mm/mmap.c expand_stack). A pthread
 * or fork child inherits it as it was.
 */
export function growStack(
  state: State,
  areas: readonly MapsArea[],
  pageBytes: number,
  from: Origin,
): void {
  const stack = areas.find(({ path }) => path === "[stack]");
  if (stack === undefined) return;
  let piece = state.live.find(pageOf(stack.end, pageBytes) - 1);
  const start = pageOf(stack.start, pageBytes);
  // What it has grown by before lies below.
  for (let below = piece; below !== undefined; below = state.live.endingAt(below.start)) {
    if (below.made.area.name !== "[stack]") break;
    piece = below;
  }
  if (piece === undefined || piece.start <= start) return;
  const pages = piece.start - start;
  if (state.live.over(start, piece.start).length > 0) return;
  const at = { object: piece.made.object, offset: piece.offset - pages };
  state.fix(start, pages, state.areaAt(piece), at, from);
}
