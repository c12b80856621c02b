/** Which areas are left when each mapping replaces what lay there before. */

import type { MapsArea } from "../../trace/event.ts";

/** The part of an area from `start` to `end`, bytes. */
function part(area: MapsArea, start: number, end: number): MapsArea {
  const skipped = start - Number(area.start);
  const offset = area.inode === 0 ? area.offset : Number(area.offset) + skipped;
  return { ...area, start, end, offset };
}

/**
 * The areas of a new image as perf recorded them one by one, ascending. The first piece of an image is printed with the
 * length of the whole: it ends where the next begins, or where the image ends.
 */
export function overlay(mapped: readonly MapsArea[]): readonly MapsArea[] {
  let areas: MapsArea[] = [];
  for (const next of mapped) {
    const from = Number(next.start);
    const to = Number(next.end);
    areas = areas.flatMap((area) => {
      const start = Number(area.start);
      const end = Number(area.end);
      if (end <= from || start >= to) return [area];
      // Only the first piece of the same image is ever longer than what it keeps.
      return start < from ? [part(area, start, from)] : [];
    });
    areas.push(next);
  }
  return areas.sort((a, b) => Number(a.start) - Number(b.start));
}
