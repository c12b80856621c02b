/** Which address space a task uses: threads share it, fork copies it, exec begins a new one. */

import type { U64 } from "../units.ts";
import { TaskNumbers } from "./by-task.ts";
import type { LifecycleName } from "./event.ts";
import type { Events } from "./events.ts";
import { hasKind, timeless } from "./log.ts";

/** What of a lifecycle event changes whose spaces are whose. */
interface Life {
  readonly lifecycle: LifecycleName;
  readonly pid: number | null;
  readonly child?: number | undefined;
  readonly other?: number | undefined;
}

/** What a lifecycle event does to spaces. */
export type Change =
  | { readonly kind: "none" }
  | { readonly kind: "exec"; readonly space: number; readonly ended?: number }
  | { readonly kind: "fork"; readonly space: number; readonly parent: number }
  | { readonly kind: "exit"; readonly ended: number };

/** The evidence of one pass over the events that tells the tasks of one process from others. */
export interface Kinship {
  /** The lowest top-down limit that each task searched below: its mmap_base. */
  readonly bases: TaskNumbers;
  /** False if the recorder saw no birth of a task at all. */
  readonly births: boolean;
  /** Several tasks, and neither a birth, an exec nor a search: whose space a call belongs to is not known. */
  readonly untold: boolean;
}

/** Collect the evidence. */
export function kinship(events: Events): Kinship {
  const bases = new TaskNumbers();
  let first: number | null | undefined;
  let several = false;
  let births = false;
  let told = false;
  const searches = hasKind(events, "search");
  for (const event of timeless(events)) {
    // Nothing more can be learned.
    if (births && !searches) break;
    if (event.kind === "search" && event.topDown) {
      const known = bases.get(event.pid);
      if (known === undefined || event.high < known) bases.set(event.pid, event.high);
    } else if (event.kind === "lifecycle") {
      births ||= event.child !== undefined;
      told ||= event.lifecycle === "exec" || event.other !== undefined;
    } else if (event.kind === "call") {
      if (first === undefined) first = event.pid;
      several ||= event.pid !== first;
    }
  }
  const untold = several && !births && !told && bases.isEmpty;
  return { bases, births, untold };
}

export class Tasks {
  readonly #kinship: Kinship;
  readonly #spaceOf = new Map<number | null, number>();
  /** Tasks of each space that has any. */
  readonly #users = new Map<number, number>();
  /** Living tasks by the base that they searched below, the first one first. */
  readonly #byBase = new Map<U64, Set<number | null>>();
  /** Of tasks that are still to come, a task of the same process: themselves, if theirs is a new one. */
  readonly #told = new Map<number | null, number>();
  #spaces = 0;
  /** The task that was asked for last, and its space; 0 is none. */
  #lastTask: number | null = null;
  #lastSpace = 0;

  constructor(evidence: Kinship) {
    this.#kinship = evidence;
  }

  #assign(pid: number | null, space: number): void {
    this.#lastSpace = 0;
    this.#spaceOf.set(pid, space);
    this.#told.delete(pid);
    this.#users.set(space, (this.#users.get(space) ?? 0) + 1);
    const base = this.#kinship.bases.get(pid);
    if (base === undefined) return;
    this.#byBase.set(base, (this.#byBase.get(base) ?? new Set()).add(pid));
  }

  /** Returns the space that lost its last task, if one did. */
  #leave(pid: number | null): number | undefined {
    const space = this.#spaceOf.get(pid);
    if (space === undefined) return undefined;
    this.#spaceOf.delete(pid);
    this.#lastSpace = 0;
    this.#forget(pid);
    const users = (this.#users.get(space) ?? 1) - 1;
    if (users > 0) this.#users.set(space, users);
    else this.#users.delete(space);
    return users === 0 ? space : undefined;
  }

  /** The task searches below no base any more. */
  #forget(pid: number | null): void {
    const base = this.#kinship.bases.get(pid);
    const others = base === undefined ? undefined : this.#byBase.get(base);
    if (base === undefined || others === undefined) return;
    others.delete(pid);
    if (others.size === 0) this.#byBase.delete(base);
  }

  #fresh(): number {
    this.#spaces += 1;
    return this.#spaces;
  }

  /** The space of a task that has one. */
  known(pid: number | null): number | undefined {
    if (pid === this.#lastTask && this.#lastSpace !== 0) return this.#lastSpace;
    const known = this.#spaceOf.get(pid);
    if (known === undefined) return undefined;
    this.#lastTask = pid;
    this.#lastSpace = known;
    return known;
  }

  /** The space of a task; `isNew` if the recording never told of its birth. */
  spaceOf(pid: number | null): { readonly space: number; readonly isNew: boolean } {
    const known = this.known(pid);
    if (known !== undefined) return { space: known, isNew: false };
    const relative = this.#relative(pid);
    if (relative !== undefined) {
      this.#assign(pid, relative);
      return { space: relative, isNew: false };
    }
    const space = this.#fresh();
    this.#assign(pid, space);
    return { space, isNew: true };
  }

  #relative(pid: number | null): number | undefined {
    const told = this.#told.get(pid);
    if (told !== undefined) return told === pid ? undefined : this.#spaceOf.get(told);
    const base = this.#kinship.bases.get(pid);
    if (base !== undefined) {
      const [other] = this.#byBase.get(base) ?? [];
      return other === undefined ? undefined : this.#spaceOf.get(other);
    }
    if (this.#kinship.births || this.#users.size !== 1) return undefined;
    return this.#users.keys().next().value;
  }

  /** Apply a lifecycle event. The caller must have asked for the space of `event.pid` before a birth. */
  change(event: Life): Change {
    switch (event.lifecycle) {
      case "exec": {
        const left = this.#leave(event.pid);
        const ended = event.other === undefined ? left : (this.#leave(event.other) ?? left);
        const space = this.#fresh();
        this.#assign(event.pid, space);
        return { kind: "exec", space, ...(ended !== undefined && { ended }) };
      }
      case "thread":
      case "shared-mm":
      case "vfork": {
        if (event.child === undefined) return { kind: "none" };
        const { space } = this.spaceOf(event.pid);
        this.#leave(event.child);
        this.#assign(event.child, space);
        return { kind: "none" };
      }
      case "fork": {
        if (event.child === undefined) return { kind: "none" };
        const { space: parent } = this.spaceOf(event.pid);
        this.#leave(event.child);
        const space = this.#fresh();
        this.#assign(event.child, space);
        return { kind: "fork", space, parent };
      }
      case "exit":
      case "killed":
      case "superseded": {
        const ended = this.#leave(event.pid);
        return ended === undefined ? { kind: "none" } : { kind: "exit", ended };
      }
      case "attach":
        if (event.other !== undefined) this.#told.set(event.pid, event.other);
        return { kind: "none" };
    }
  }
}
