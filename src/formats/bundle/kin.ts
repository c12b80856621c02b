/** Which spaces a task ever had, and which of those were copied from which. */

import type { Events } from "../../trace/events.ts";
import { type Place, Spaces } from "../spaces.ts";

/** The spaces of one task. */
export interface Kin {
  readonly own: ReadonlySet<number>;
  /** Its own and those that they were copied from. */
  readonly lineage: ReadonlySet<number>;
}

/** A space with the one that it was copied from, which is held as long as one of its copies lives. */
interface Node {
  readonly space: number;
  parent: Node | undefined;
}

/** Nodes of the spaces that have tasks. */
class Nodes {
  readonly #living = new Map<number, Node>();

  of(space: number): Node {
    const known = this.#living.get(space) ?? { space, parent: undefined };
    this.#living.set(space, known);
    return known;
  }

  follow({ made, ended }: Place): void {
    if (made?.from !== undefined) this.of(made.space).parent = this.of(made.from);
    if (ended !== undefined) this.#living.delete(ended);
  }
}

function kinOf(nodes: ReadonlySet<Node>): Kin {
  const lineage = new Set<number>();
  for (const node of nodes)
    for (let at: Node | undefined = node; at !== undefined; at = at.parent) lineage.add(at.space);
  return { own: new Set([...nodes].map(({ space }) => space)), lineage };
}

/** The spaces of these tasks, by a walk over the events; a task without any has none. */
export function kinsOf(events: Events, pids: Iterable<number>): ReadonlyMap<number, Kin> {
  const found = new Map([...pids].map((pid) => [pid, new Set<Node>()]));
  const spaces = new Spaces(events);
  const nodes = new Nodes();
  const note = (pid: number | null | undefined, space: number): void => {
    if (pid !== null && pid !== undefined) found.get(pid)?.add(nodes.of(space));
  };
  if (found.size > 0)
    for (const event of events) {
      const place = spaces.follow(event);
      note(event.pid, place.space);
      const child = event.kind === "lifecycle" ? event.child : undefined;
      if (child !== undefined) note(child, spaces.of(child));
      else if (place.made !== undefined) note(event.pid, place.made.space);
      nodes.follow(place);
    }
  return new Map([...found].map(([pid, known]) => [pid, kinOf(known)]));
}
