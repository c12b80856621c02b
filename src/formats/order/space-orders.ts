/** The orders of address spaces while they are looked for; of one in which nothing happens for long, no more than makes it anew. */

import type { Shelf } from "../../trace/block.ts";
import type { Event } from "../../trace/event.ts";
import { type Events, eventAt } from "../../trace/events.ts";
import { isResting, type Rest, Rounds, restSince, wake } from "../../trace/resting.ts";

/** Takes the events of one space, and tells where others stand in their new order. */
export interface SpaceOrder {
  push(event: Event, index: number): void;
  /** Nothing more comes. */
  end(): void;
}

/** The event of the second index is to stand at the first one. */
export type Moved = (slot: number, index: number) => void;

/** What has more events is not made anew. */
const most = 4096;

/** What its events were, and what would be moved yet if no more came. */
interface Away {
  readonly indices: readonly number[];
  readonly rows: readonly (readonly [slot: number, index: number])[];
}

interface Kept extends Rest {
  order: SpaceOrder | undefined;
  away: (() => Away) | undefined;
  /** Of its events so far, unless they are too many. */
  indices: number[];
  tell: Moved;
  /** So many moves were told. */
  told: number;
}

export class SpaceOrders {
  readonly #events: Events;
  readonly #make: (space: number, moved: Moved) => SpaceOrder;
  readonly #moved: Moved;
  readonly #shelf: Shelf | undefined;
  readonly #kept = new Map<number, Kept>();
  readonly #rounds = new Rounds();

  /** Orders are made by `make`; without a shelf all of them stay. */
  constructor(
    events: Events,
    make: (space: number, moved: Moved) => SpaceOrder,
    moved: Moved,
    shelf?: Shelf,
  ) {
    this.#events = events;
    this.#make = make;
    this.#moved = moved;
    this.#shelf = shelf;
  }

  push(space: number, event: Event, index: number): void {
    const kept = this.#kept.get(space) ?? this.#begin(space);
    const order = kept.order ?? this.#again(space, kept, index);
    if (this.#shelf !== undefined && kept.indices.length <= most) kept.indices.push(index);
    kept.last = index;
    order.push(event, index);
    if (this.#shelf === undefined || !this.#rounds.isDue(index)) return;
    for (const one of this.#kept.values()) this.#rest(one, index, this.#shelf);
  }

  end(space: number): void {
    const kept = this.#kept.get(space);
    if (kept === undefined) return;
    this.#kept.delete(space);
    kept.order?.end();
    for (const [slot, index] of kept.away?.().rows ?? []) this.#moved(slot, index);
  }

  endAll(): void {
    for (const space of [...this.#kept.keys()]) this.end(space);
  }

  #begin(space: number): Kept {
    const kept: Kept = {
      order: undefined,
      away: undefined,
      indices: [],
      tell: (slot, index) => {
        kept.told += 1;
        this.#moved(slot, index);
      },
      told: 0,
      ...restSince(0),
    };
    kept.order = this.#make(space, (slot, index) => kept.tell(slot, index));
    this.#kept.set(space, kept);
    return kept;
  }

  #rest(kept: Kept, index: number, shelf: Shelf): void {
    const { order, indices } = kept;
    if (order === undefined || !isResting(kept, index) || indices.length > most) return;
    const rows: [number, number][] = [];
    kept.tell = (slot, from) => rows.push([slot, from]);
    order.end();
    kept.away = shelf({ indices, rows });
    kept.order = undefined;
    kept.indices = [];
  }

  /** The order of a space that was put away, with all that it had taken. */
  #again(space: number, kept: Kept, index: number): SpaceOrder {
    const { told } = kept;
    kept.indices = [...(kept.away?.().indices ?? [])];
    kept.away = undefined;
    wake(kept, index);
    kept.told = 0;
    kept.tell = (slot, from) => {
      kept.told += 1;
      if (kept.told > told) this.#moved(slot, from);
    };
    const order = this.#make(space, (slot, from) => kept.tell(slot, from));
    for (const one of kept.indices) {
      const event = eventAt(this.#events, one);
      if (event !== undefined) order.push(event, one);
    }
    kept.order = order;
    return order;
  }
}
