/** At which page each op acts, once every object has its place. */

import { MmreplayError } from "../errors.ts";
import type { Placements } from "../place/types.ts";
import { extraOf, type OpTable } from "../resolve/op-table.ts";
import { alignUp } from "../units.ts";

export class OpPages {
  readonly #ops: OpTable;
  readonly #placements: Placements;

  constructor(ops: OpTable, placements: Placements) {
    this.#ops = ops;
    this.#placements = placements;
  }

  /** Where an op took effect; negative if it did not, NaN if the placements do not tell. */
  ofOp(index: number): number {
    return this.#placements.opPage[index] ?? Number.NaN;
  }

  /** The page where an op acts, -1 if its object was lost. */
  at(index: number): number {
    const { atObject, atOffset } = this.#ops;
    return this.of(atObject[index] ?? 0, atOffset[index] ?? 0);
  }

  /** The page of a position, -1 if its object was lost. */
  of(object: number, offset: number): number {
    if (object === 0) return offset;
    const page = this.#placements.objectPage[object];
    if (page === undefined)
      throw new MmreplayError("space/unknown-object", `no placement for object ${object}`);
    return page < 0 ? -1 : page + offset;
  }

  /** The page of a fixed mapping, which may be the aligned one in a reservation. */
  ofFix(index: number): number {
    const page = this.ofOp(index);
    if (!Number.isNaN(page)) return page;
    const { align = 1, alignOffset = 0 } = extraOf(this.#ops, index) ?? {};
    const start = this.at(index);
    return start < 0 ? -1 : alignUp(start - alignOffset, align) + alignOffset;
  }
}
