/** Which areas the snapshots of a block show: all of them in a row, with where those of each snapshot begin. */

import { type Block, codes } from "./block.ts";
import type { MapsArea } from "./event.ts";
import { type Maker, makerOf } from "./makers.ts";
import { type Cursor, cursorOf } from "./packed.ts";
import { areaCount, areaShape } from "./shapes.ts";

interface Areas {
  readonly areas: readonly MapsArea[];
  readonly starts: readonly number[];
}

/** Areas stay, so that every look at a snapshot shows the same ones. */
const known = new WeakMap<Block, Areas>();

/** The areas of each snapshot of the block, given how many snapshots stand before it; `make` binds makers to columns. */
export function areasOf(
  block: Block,
  make: (maker: Maker, cursors: readonly Cursor[]) => () => object,
): (snapshot: number) => readonly MapsArea[] {
  const found = known.get(block) ?? { starts: startsOf(block), areas: allAreas(block, make) };
  known.set(block, found);
  const { areas, starts } = found;
  return (snapshot) => areas.slice(starts[snapshot], starts[snapshot + 1]);
}

function startsOf(block: Block): readonly number[] {
  const starts = [0];
  const counts = cursorOf(block.columns, areaCount);
  let length = 0;
  for (let left = block.columns.get(areaCount)?.count ?? 0; left > 0; left--) {
    length += counts.number();
    starts.push(length);
  }
  return starts;
}

function allAreas(block: Block, make: Parameters<typeof areasOf>[1]): readonly MapsArea[] {
  const shapes = areaShape.code * codes;
  const count = block.columns.get(shapes)?.count ?? 0;
  if (count === 0) return [];
  const bits = cursorOf(block.columns, shapes);
  const cursors = new Map<number, Cursor>();
  const cursor = (id: number): Cursor => {
    const used = cursors.get(id) ?? cursorOf(block.columns, id);
    cursors.set(id, used);
    return used;
  };
  const makers = new Map<number, () => object>();
  return Array.from({ length: count }, () => {
    const shape = bits.number();
    const maker = makerOf(areaShape, shape);
    const one = makers.get(shape) ?? make(maker, maker.columns.map(cursor));
    makers.set(shape, one);
    return withFlags(one() as StoredArea);
  });
}

type StoredArea = Omit<MapsArea, "vmFlags"> & { readonly vmFlags?: string };

/** An area with its flags as a list, which is stored as one text. */
function withFlags({ vmFlags, ...area }: StoredArea): MapsArea {
  if (vmFlags === undefined) return area;
  return { ...area, vmFlags: vmFlags === "" ? [] : vmFlags.split(" ") };
}
