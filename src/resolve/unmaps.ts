/** When a munmap took effect whose interval overlaps other tasks' searches: total_vm of the searches tells. */

import type { Call, Event, Search } from "../trace/event.ts";
import { pageOf, pagesFor } from "../units.ts";
import type { Live } from "./live.ts";
import type { Origin } from "./program.ts";

type Munmap = Extract<Call, { call: "munmap" }>;

interface Waiting {
  readonly call: Munmap;
  readonly from: Origin;
  readonly start: number;
  readonly end: number;
}

/** Successful munmaps of one space that have begun and may not have taken effect; oldest first. */
export class PendingUnmaps {
  #waiting: Waiting[] = [];
  readonly #pageBytes: number;

  constructor(pageBytes: number) {
    this.#pageBytes = pageBytes;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** True if the call was taken: it is one that other tasks' events can fall into. */
  take(call: Call, from: Origin): boolean {
    if (call.call !== "munmap" || call.outcome !== "ok") return false;
    if (call.entryLine === undefined || call.entryLine === call.line) return false;
    const start = pageOf(call.addr, this.#pageBytes);
    const end = start + pagesFor(call.length, this.#pageBytes);
    this.#waiting.push({ call, from, start, end });
    return true;
  }

  /** Those that must have taken effect before an event: they have returned, or it needs their room. */
  before(event: Event): readonly Origin[] {
    const line = event.kind === "call" ? (event.entryLine ?? event.line) : event.line;
    const room = event.kind === "call" ? this.#roomOf(event) : undefined;
    return this.#release(
      ({ call, start, end }) =>
        call.line < line || (room !== undefined && start < room.end && room.start < end),
    );
  }

  /** Those that the mapped pages of a search say have taken effect. */
  counted(search: Search, live: Live, unrecorded: number): readonly Origin[] {
    if (search.totalVm === undefined || this.#waiting.length === 0) return [];
    let excess = live.pages + unrecorded - search.totalVm;
    if (excess <= 0) return [];
    return this.#release(({ start, end }) => {
      const pages = live.over(start, end).reduce((sum, piece) => sum + piece.end - piece.start, 0);
      if (pages > excess) return false;
      excess -= pages;
      return true;
    });
  }

  /** All that are left. */
  flush(): readonly Origin[] {
    return this.#release(() => true);
  }

  #roomOf(call: Call): { start: number; end: number } | undefined {
    if (call.result === null || !("length" in call) || call.length === undefined) return undefined;
    if (call.call !== "mmap" && call.call !== "mremap" && call.call !== "shmat") return undefined;
    const length = call.call === "mremap" ? call.newLength : call.length;
    const start = pageOf(call.result, this.#pageBytes);
    return { start, end: start + pagesFor(length, this.#pageBytes) };
  }

  #release(due: (waiting: Waiting) => boolean): readonly Origin[] {
    const released: Origin[] = [];
    this.#waiting = this.#waiting.filter((waiting) => {
      if (!due(waiting)) return true;
      released.push(waiting.from);
      return false;
    });
    return released;
  }
}
