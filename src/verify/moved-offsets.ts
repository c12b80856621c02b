/** Which page offsets private anonymous memory has when mremap searches a new place for it. */

import type { Placements } from "../place/types.ts";
import type { Ops } from "../resolve/ops.ts";
import type { Op } from "../resolve/program.ts";
import type { AddressSpace } from "../space/address-space.ts";
import type { Watch } from "../space/watch.ts";

/** Looks at the source before each op that moves one; pages. */
export class MovedOffsets implements Watch {
  readonly #ops: Ops;
  readonly #placements: Placements;
  readonly #offsets = new Map<number, number>();

  constructor(ops: Ops, placements: Placements) {
    this.#ops = ops;
    this.#placements = placements;
  }

  /** Where the source of an op lies. */
  #sourceOf(op: Op | undefined): number | undefined {
    if (op?.kind !== "map" && op?.kind !== "probe") return undefined;
    if (op.source === undefined || op.area.backing !== "anon") return undefined;
    return (this.#placements.objectPage[op.source.object] ?? 0) + op.source.offset;
  }

  stepped(index: number, current: AddressSpace): void {
    const next = index + 1;
    if ((this.#ops.table.sourceObject[next] ?? 0) === 0) return;
    const page = this.#sourceOf(this.#ops.at(next));
    if (page === undefined) return;
    const vma = current.at(page);
    this.#offsets.set(next, vma === undefined ? page : vma.pgoff + page - vma.start);
  }

  /** Undefined where the op of this index moves no such memory. */
  of(index: number): number | undefined {
    return this.#offsets.get(index);
  }
}
