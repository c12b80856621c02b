/** What went otherwise than in the recording because another policy placed it. */

import type { Op, Position, Program } from "../resolve/program.ts";
import type { Placements } from "./types.ts";

export interface Counters {
  /** Placed in the recording, no fit here. */
  lost: number;
  /** Refused for want of room there, fits here; not applied, since the program went another way. */
  gained: number;
  /** Ops on objects that were lost. */
  orphaned: number;
  /** mremap that stays here and moved there, and the reverse. */
  stays: number;
  moves: number;
  /** Pages of sources that could not move. */
  stranded: number;
}

const forRoom = new Set(["ENOMEM", "EEXIST"]);

class Counter {
  readonly #placements: Placements;
  readonly #recorded: Float64Array;
  readonly counters: Counters = {
    lost: 0,
    gained: 0,
    orphaned: 0,
    stays: 0,
    moves: 0,
    stranded: 0,
  };

  constructor(placements: Placements, recorded: Float64Array) {
    this.#placements = placements;
    this.#recorded = recorded;
  }

  #at(pages: Float64Array, { object, offset }: Position): number {
    return (pages[object] ?? -1) + offset;
  }

  count(op: Op, page: number): void {
    const { counters } = this;
    if (page === -2) counters.orphaned += 1;
    if (op.kind === "probe" && page >= 0 && forRoom.has(op.failed)) counters.gained += 1;
    if (op.kind === "release" && op.spare !== undefined && this.#lost(op.spare.object))
      counters.stranded += op.pages;
    if (op.kind !== "map") return;
    if (page < 0) counters.lost += 1;
    else if (op.how === "grow" && op.source !== undefined) this.#compare(op, op.source, page);
  }

  #lost(object: number): boolean {
    return (this.#placements.objectPage[object] ?? -1) < 0;
  }

  #compare(op: Extract<Op, { kind: "map" }>, source: Position, page: number): void {
    const stayed = op.recorded === this.#at(this.#recorded, source);
    const stays = page === this.#at(this.#placements.objectPage, source);
    if (stays && !stayed) this.counters.stays += 1;
    if (!stays && stayed) this.counters.moves += 1;
  }
}

/** Count the differences; `recorded` is the recording's own page by object. */
export function countDifferences(
  program: Program,
  placements: Placements,
  recorded: Float64Array,
): Counters {
  const counter = new Counter(placements, recorded);
  program.ops.forEach((op, index) => {
    counter.count(op, placements.opPage[index] ?? Number.NaN);
  });
  return counter.counters;
}
