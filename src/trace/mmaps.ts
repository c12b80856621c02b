/** What each mmap call maps, of which file: told from columns, without making the events. */

import type { Block } from "./block.ts";
import { at, madeBy } from "./block-reader.ts";
import type { Events } from "./events.ts";
import type { OpenFile } from "./file.ts";
import { logOf } from "./log-writer.ts";
import { cursorOf } from "./packed.ts";
import { columnsOf } from "./shapes.ts";

const columnOf = (field: string): number => columnsOf(["mmap"], field)[0] ?? 0;
const [fdColumn, flagColumn, fileColumn] = [columnOf("fd"), columnOf("flags"), columnOf("file")];

type Visit = (fd: number, flags: number, file: OpenFile | undefined) => void;

/** Visit the mmap calls in order: descriptor, flags, and the file if the call names one. */
export function eachMmap(events: Events, visit: Visit): void {
  for (const { shapes, block } of logOf(events).slots) {
    const made = shapes.map((number) => madeBy(number));
    const isMmap = made.map(({ shape }) => shape.call === "mmap");
    if (!isMmap.includes(true)) continue;
    const names = made.map(({ maker }) => maker.columns.includes(fileColumn));
    visitBlock(block(), isMmap, names, visit);
  }
}

/** Of which shapes are mmap calls, and which of them name a file. A function of its own: that of all blocks is compiled anew again and again. */
function visitBlock(
  { places, columns, tables }: Block,
  isMmap: readonly boolean[],
  names: readonly boolean[],
  visit: Visit,
): void {
  const [fds, flags] = [cursorOf(columns, fdColumn), cursorOf(columns, flagColumn)];
  const files = columns.has(fileColumn) ? cursorOf(columns, fileColumn) : undefined;
  for (let index = 0; index < places.length; index++) {
    const place = places[index] as number;
    if (isMmap[place] !== true) continue;
    const file = names[place] === true ? files?.number() : undefined;
    const named = file === undefined ? undefined : at(tables.files, file - tables.firstFile);
    visit(fds.number(), flags.number(), named);
  }
}
