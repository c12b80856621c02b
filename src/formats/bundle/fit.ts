/** Whether a maps file and a recording are of one process, as far as their addresses tell. */

import { MmreplayError } from "../../errors.ts";
import type { Call, MapsArea } from "../../trace/event.ts";
import type { Events } from "../../trace/events.ts";

const wide = 2 ** 32;

/** Everything that is placed from the top lies together: further off than this is another random base. */
const near = 2 ** 32;

/** Bytes that a call names or got. */
function rangesOf(call: Call): readonly (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  if (call.outcome !== "ok") return ranges;
  const result = Number(call.result ?? 0);
  switch (call.call) {
    case "mmap":
      return [[result, result + Number(call.length)]];
    case "mremap":
      return [
        [Number(call.addr), Number(call.addr) + Number(call.length)],
        [result, result + Number(call.newLength)],
      ];
    case "munmap":
    case "mprotect":
    case "madvise":
      return [[Number(call.addr), Number(call.addr) + Number(call.length)]];
    case "brk":
      return [[result - 1, result]];
    default:
      return ranges;
  }
}

/** Bytes between a range and the nearest of the areas, which ascend; 0 if they overlap. */
function distance(areas: readonly MapsArea[], start: number, end: number): number {
  let low = 0;
  let high = areas.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (Number(areas[middle]?.end) > start) high = middle;
    else low = middle + 1;
  }
  const above = Number(areas[low]?.start ?? Number.POSITIVE_INFINITY) - end;
  const below = start - Number(areas[low - 1]?.end ?? Number.NEGATIVE_INFINITY);
  return Math.max(0, Math.min(above, below));
}

/** The stack lies at the top of what a process can address. */
function bitsOf(areas: readonly MapsArea[]): 32 | 64 | undefined {
  const stack = areas.find(({ path }) => path === "[stack]");
  if (stack !== undefined) return Number(stack.end) <= wide ? 32 : 64;
  return Number(areas.at(-1)?.end) > wide ? 64 : undefined;
}

/** Throws if the calls lie where these areas, ascending and of one process, can have nothing to do with them. */
export function checkFit(events: Events, areas: readonly MapsArea[], file: string): void {
  const [first] = areas;
  if (first === undefined) return;
  let closest = Number.POSITIVE_INFINITY;
  let placed = 0;
  let low = 0;
  for (const event of events) {
    if (event.kind !== "call") continue;
    for (const [start, end] of rangesOf(event)) {
      const gap = distance(areas, start, end);
      if (gap === 0) return;
      closest = Math.min(closest, gap);
      if (event.call !== "mmap") continue;
      placed += 1;
      if (end <= wide) low += 1;
    }
  }
  if (placed === 0) return;
  const at = { file, line: first.line };
  const hint = "give the maps of the process that was recorded, or leave them out";
  const maps = bitsOf(areas);
  const recording = low === placed ? 32 : 64;
  if (maps !== undefined && maps !== recording && (low === 0 || low === placed)) {
    const message = `these are maps of a ${maps}-bit process, the recording is of a ${recording}-bit one`;
    throw new MmreplayError("import/maps-bitness", message, { at, hint });
  }
  if (closest < near) return;
  const message = "these maps have no range in common with the calls of the recording";
  throw new MmreplayError("import/foreign-maps", message, { at, hint });
}
