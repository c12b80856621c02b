/** Which address space each event of a recording happened in, as far as the lives of tasks tell. */

import type { Event, Lifecycle } from "../trace/event.ts";
import type { Events } from "../trace/events.ts";
import { type Glance, glances } from "../trace/glances.ts";
import { hasKind } from "../trace/log.ts";

/** What the event did to the set of spaces. */
export interface Place {
  readonly space: number;
  /** A space that this event makes, with the one that it copies. */
  readonly made?: { readonly space: number; readonly from: number | undefined };
  /** A space that has lost its last task: no event takes place in it any more. */
  readonly ended?: number;
}

function showsBirth(events: Events): boolean {
  if (!hasKind(events, "lifecycle")) return false;
  for (const { child } of glances(events)) if (child !== undefined) return true;
  return false;
}

/** What matters of a change in the life of a task. */
interface Life extends Pick<Lifecycle, "pid" | "lifecycle"> {
  readonly child?: number | undefined;
  readonly other?: number | undefined;
}

/** Follows tasks; feed it every event in order. */
export class Spaces {
  readonly #bySpace = new Map<number | null, number>();
  /** Tasks of each space that has any. */
  readonly #tasks = new Map<number, number>();
  readonly #births: boolean;
  #next = 0;

  /** A recording without the birth of any task leaves only one guess: that all of them are threads of the first. */
  constructor(events: Events) {
    this.#births = showsBirth(events);
  }

  /** The space of a task; of one never heard of a new space, or the only one. */
  of(pid: number | null): number {
    const space = this.#bySpace.get(pid);
    if (space !== undefined) return space;
    const first = this.#births || this.#next === 0 ? this.#next++ : this.#next - 1;
    this.#assign(pid, first);
    return first;
  }

  #assign(pid: number | null, space: number): { readonly ended?: number } {
    this.#tasks.set(space, (this.#tasks.get(space) ?? 0) + 1);
    const left = this.#leave(pid);
    this.#bySpace.set(pid, space);
    return left;
  }

  #leave(pid: number | null): { readonly ended?: number } {
    const space = this.#bySpace.get(pid);
    if (space === undefined) return {};
    this.#bySpace.delete(pid);
    const tasks = (this.#tasks.get(space) ?? 1) - 1;
    if (tasks > 0) this.#tasks.set(space, tasks);
    else this.#tasks.delete(space);
    // Without births tasks that were never heard of may still come to it.
    return tasks > 0 || !this.#births ? {} : { ended: space };
  }

  /** The space in which the event took place. */
  follow(event: Event): Place {
    const space = this.of(event.pid);
    return event.kind === "lifecycle" ? { space, ...this.#change(event, space) } : { space };
  }

  /** The same, at a glance. */
  see(glance: Glance): Place {
    const { pid, lifecycle, child, other } = glance;
    const space = this.of(pid);
    if (lifecycle === undefined) return { space };
    return { space, ...this.#change({ pid, lifecycle, child, other }, space) };
  }

  #change({ lifecycle, pid, child, other }: Life, space: number): Omit<Place, "space"> {
    switch (lifecycle) {
      case "exec": {
        const made = this.#next++;
        const left = other === undefined || other === pid ? {} : this.#leave(other);
        return { made: { space: made, from: undefined }, ...left, ...this.#assign(pid, made) };
      }
      case "exit":
      case "killed":
        return this.#leave(pid);
      case "fork": {
        if (child === undefined) return {};
        // Events of the child may stand before its fork: then it has a space already.
        const made = this.#bySpace.get(child) ?? this.#next++;
        return { made: { space: made, from: space }, ...this.#assign(child, made) };
      }
      default:
        // Who is superseded goes on as the caller of exec.
        return child === undefined ? {} : this.#assign(child, space);
    }
  }
}
