/** Which address spaces there are while a trace is resolved, and where the state is of those in which nothing happens for long. */

import type { Shelf } from "../trace/block.ts";
import { isResting, type Rest, Rounds, restSince, wake } from "../trace/resting.ts";
import { Live, type Piece } from "./live.ts";
import type { SpaceState } from "./state.ts";

/** A space with the pieces of its objects as plain data; pieces of one object still share it when they come back. */
interface Stored extends Omit<SpaceState, "live" | "ownOnly"> {
  readonly live: readonly Piece[];
  readonly ownOnly?: readonly Piece[];
}

interface Kept extends Rest {
  /** At hand, or a way to it. */
  state: SpaceState | (() => Stored);
}

function stored({ live, ownOnly, ...others }: SpaceState): Stored {
  const own = ownOnly === undefined ? {} : { ownOnly: ownOnly.pieces };
  return { ...others, ...own, live: live.pieces };
}

function restored({ live, ownOnly, ...others }: Stored): SpaceState {
  const own = ownOnly === undefined ? {} : { ownOnly: Live.of(ownOnly) };
  return { ...others, ...own, live: Live.of(live) };
}

/** Without a shelf all of them stay in memory. */
export class RestingSpaces {
  readonly #shelf: Shelf | undefined;
  /** In the order in which they came. */
  readonly #spaces = new Map<number, Kept>();
  readonly #rounds = new Rounds();

  constructor(shelf?: Shelf) {
    this.#shelf = shelf;
  }

  has(space: number): boolean {
    return this.#spaces.has(space);
  }

  /** The numbers of all of them. */
  get numbers(): IterableIterator<number> {
    return this.#spaces.keys();
  }

  /** The state of a space in which an event of this index takes place. */
  get(space: number, event: number): SpaceState | undefined {
    const kept = this.#spaces.get(space);
    if (kept === undefined) return undefined;
    if (typeof kept.state === "function") {
      kept.state = restored(kept.state());
      wake(kept, event);
    }
    kept.last = event;
    return kept.state;
  }

  put(state: SpaceState, event: number): void {
    this.#spaces.set(state.space, { state, ...restSince(event) });
  }

  delete(space: number): void {
    this.#spaces.delete(space);
  }

  /** Nothing has gone on since in any space but the one in which this event takes place. */
  putAway(event: number): void {
    if (this.#shelf === undefined || !this.#rounds.isDue(event)) return;
    for (const kept of this.#spaces.values()) {
      if (typeof kept.state === "function" || !isResting(kept, event)) continue;
      kept.state = this.#shelf(stored(kept.state));
    }
  }
}
