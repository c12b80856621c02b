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
  #next = 0;

  /** The space of a task, a new one for a task never heard of. */
  of(pid: number | null): number {
    let space = this.#bySpace.get(pid);
    if (space === undefined) {
      space = this.#next++;
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
