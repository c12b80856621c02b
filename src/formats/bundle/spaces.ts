/** Which address space each event of a recording happened in, as far as the lives of tasks tell. */

import type { Event } from "../../trace/event.ts";

/** What the event did to the set of spaces. */
export interface Place {
  readonly space: number;
  /** A space that this event makes, with the one that it copies. */
  readonly made?: { readonly space: number; readonly from: number | undefined };
}

/** Follows tasks; feed it every event in order. */
export class Spaces {
  readonly #bySpace = new Map<number | null, number>();
  readonly #births: boolean;
  #next = 0;

  /** A recording without the birth of any task leaves only one guess: that all of them are threads of the first. */
  constructor(events: readonly Event[]) {
    this.#births = events.some((event) => event.kind === "lifecycle" && event.child !== undefined);
  }

  /** The space of a task; of one never heard of a new space, or the only one. */
  of(pid: number | null): number {
    let space = this.#bySpace.get(pid);
    if (space === undefined) {
      space = this.#births || this.#next === 0 ? this.#next++ : this.#next - 1;
      this.#bySpace.set(pid, space);
    }
    return space;
  }

  /** The space in which the event took place. */
  follow(event: Event): Place {
    const space = this.of(event.pid);
    if (event.kind !== "lifecycle") return { space };
    const { lifecycle, child } = event;
    if (lifecycle === "exec") {
      const made = this.#next++;
      this.#bySpace.set(event.pid, made);
      return { space, made: { space: made, from: undefined } };
    }
    if (child === undefined) return { space };
    if (lifecycle !== "fork") {
      this.#bySpace.set(child, space);
      return { space };
    }
    // Events of the child may stand before its fork: then it has a space already.
    const made = this.#bySpace.get(child) ?? this.#next++;
    this.#bySpace.set(child, made);
    return { space, made: { space: made, from: space } };
  }
}
