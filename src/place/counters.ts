/** What went otherwise than in the recording because another policy placed it. */

import { extraOf, type OpTable, opNumber, ways } from "../resolve/op-table.ts";
import type { Program } from "../resolve/program.ts";
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

  #at(pages: Float64Array, object: number, offset: number): number {
    return (pages[object] ?? -1) + offset;
  }

  count(table: OpTable, index: number, page: number): void {
    const { counters } = this;
    if (page === -2) counters.orphaned += 1;
    switch (table.kind[index]) {
      case opNumber.probe:
        if (page >= 0 && forRoom.has(extraOf(table, index)?.failed ?? "")) counters.gained += 1;
        break;
      case opNumber.release: {
        const spare = table.sourceObject[index] ?? 0;
        if (spare > 0 && this.#lost(spare)) counters.stranded += table.pages[index] ?? 0;
        break;
      }
      case opNumber.map:
        if (page < 0) counters.lost += 1;
        else if (ways[table.how[index] ?? 0] === "grow") this.#compare(table, index, page);
        break;
      default:
    }
  }

  #lost(object: number): boolean {
    return (this.#placements.objectPage[object] ?? -1) < 0;
  }

  #compare({ recorded, sourceObject, sourceOffset }: OpTable, index: number, page: number): void {
    const [object, offset] = [sourceObject[index] ?? 0, sourceOffset[index] ?? 0];
    if (object === 0) return;
    const stayed = recorded[index] === this.#at(this.#recorded, object, offset);
    const stays = page === this.#at(this.#placements.objectPage, object, offset);
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
  const { table } = program.ops;
  for (let index = 0; index < program.ops.length; index++)
    counter.count(table, index, placements.opPage[index] ?? Number.NaN);
  return counter.counters;
}
