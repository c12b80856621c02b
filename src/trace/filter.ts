/** What of a trace is about some of its tasks: the address spaces that they had, with what these were copied from. */

import { MmreplayError } from "../errors.ts";
import type { U64 } from "../units.ts";
import type { Shelf } from "./block.ts";
import type { Event, Lifecycle } from "./event.ts";
import type { Events } from "./events.ts";
import type { Glance } from "./glances.ts";
import { logOf } from "./log-writer.ts";
import type { Part } from "./merge-facts.ts";
import { segmentSizes, withSegmentSize } from "./segment-sizes.ts";
import {
  isUse,
  SpaceWalk,
  type Step,
  type Walked,
  walkSpaces,
  withConclusion,
  withConclusions,
} from "./space-walk.ts";
import type { Trace } from "./trace.ts";

/** Tasks by their ids, or by the program that they run: its path, or the last part of that. */
export interface Selection {
  readonly pids: ReadonlySet<number>;
  readonly program?: string | undefined;
}

/** Processes that an error names. */
const mostNamed = 12;

const lastPart = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** What the first walk finds out about each space; spaces are numbered from 1. */
class Spaces {
  readonly #selection: Selection;
  readonly #file: string;
  readonly #parent: number[] = [];
  /** The program that runs there, where an exec tells it, also of copies. */
  readonly #program: (string | undefined)[] = [];
  readonly #chosen: boolean[] = [];
  /** Something happens there, beyond its beginning and its end. */
  readonly #active: boolean[] = [];
  readonly #tasks: (number | null)[] = [];
  readonly #found = new Set<number>();
  #isNamed = false;

  /** `file` is named in errors. */
  constructor(selection: Selection, file: string) {
    this.#selection = selection;
    this.#file = file;
  }

  take(event: Glance, { space, change }: Step): void {
    const { pid, child = null, lifecycle } = event;
    if (space !== undefined && isUse(event)) {
      this.#active[space] = true;
      this.#use(space, pid);
    }
    if (change.kind === "exec") {
      const exec = event.event();
      this.#program[change.space] = exec.kind === "lifecycle" ? exec.path : undefined;
      this.#use(change.space, pid);
    } else if (change.kind === "fork") {
      this.#parent[change.space] = change.parent;
      this.#program[change.space] = this.#program[change.parent];
      this.#use(change.space, child);
    } else if (space !== undefined && lifecycle === "thread") this.#use(space, child);
    else this.#see(child);
  }

  #see(task: number | null): boolean {
    const isWanted = task !== null && this.#selection.pids.has(task);
    if (isWanted) this.#found.add(task);
    return isWanted;
  }

  /** A task has the space, and not only until it executes a program: what a vfork lends is none of its own. */
  #use(space: number, task: number | null): void {
    const { program } = this.#selection;
    this.#tasks[space] ??= task;
    const runs = this.#program[space];
    const named = program !== undefined && (runs === program || lastPart(runs ?? "") === program);
    this.#isNamed ||= named;
    if (this.#see(task) || named) this.#chosen[space] = true;
  }

  /**
   * The spaces to keep: those chosen, and those that they are copies of. Of a copy in which nothing happens before its exec or
   * end nothing is kept. Throws `filter/no-task`, `filter/no-program` or `filter/nothing`.
   */
  kept(): ReadonlySet<number> {
    const { pids, program } = this.#selection;
    const missing = [...pids].find((pid) => !this.#found.has(pid));
    if (missing !== undefined)
      throw this.#absent("filter/no-task", `no task has the id ${missing}`);
    if (program !== undefined && !this.#isNamed)
      throw this.#absent("filter/no-program", `no exec of "${program}" is recorded`);
    const kept = new Set<number>();
    for (const space of this.#chosen.keys()) {
      const isIdle = this.#parent[space] !== undefined && this.#active[space] !== true;
      if (this.#chosen[space] !== true || isIdle) continue;
      let one: number | undefined = space;
      for (; one !== undefined && !kept.has(one); one = this.#parent[one]) kept.add(one);
    }
    if (kept.size === 0)
      throw this.#absent(
        "filter/nothing",
        "these tasks change nothing in an address space of theirs",
      );
    return kept;
  }

  #absent(code: string, message: string): MmreplayError {
    const all = this.#tasks.flatMap((task, space) => {
      const program = this.#program[space];
      if (task === null || task === undefined) return [];
      return [program === undefined ? String(task) : `${task} (${lastPart(program)})`];
    });
    const named = [...new Set(all)];
    const more = named.length > mostNamed ? `, and ${named.length - mostNamed} more` : "";
    const hint = `processes are ${named.slice(0, mostNamed).join(", ")}${more}`;
    return new MmreplayError(code, message, {
      at: { file: this.#file },
      hint: named.length === 0 ? "the recording prints no ids of tasks" : hint,
    });
  }
}

/** The second walk. */
class Filter {
  readonly #kept: ReadonlySet<number>;
  readonly #conclusions: Walked["conclusions"];
  readonly #sizes: ReadonlyMap<number, U64>;
  /** Copies of kept spaces that are not kept themselves: their ends are told. */
  readonly #copies = new Set<number>();
  readonly #walk: SpaceWalk;

  constructor(events: Events, { evidence, conclusions }: Walked, kept: ReadonlySet<number>) {
    this.#kept = kept;
    this.#conclusions = evidence.untold ? new Map() : conclusions;
    this.#sizes = segmentSizes(events);
    this.#walk = new SpaceWalk(evidence);
  }

  *run(events: Events): Generator<Event, undefined> {
    for (const [event, conclusion] of withConclusions(events, this.#conclusions)) {
      const own = conclusion !== undefined && this.#kept.has(conclusion.space);
      const out = this.#take(event, own);
      if (out.length === 0) continue;
      if (own) yield* withConclusion(this.#sized(event), conclusion);
      else yield* out;
    }
  }

  /** What of the event is kept; `own` where it is the first of a task in a kept space. */
  #take(event: Event, own: boolean): readonly Event[] {
    if (event.kind === "lifecycle") return this.#life(event, own);
    const { space } = this.#walk.see(event);
    if (event.kind === "lost" || (event.kind === "warning" && event.pid === null)) return [event];
    return this.#isKept(space) ? [this.#sized(event)] : [];
  }

  #isKept(space: number | undefined): boolean {
    return space !== undefined && this.#kept.has(space);
  }

  #isShown(space: number | undefined): boolean {
    return space !== undefined && (this.#kept.has(space) || this.#copies.has(space));
  }

  #life(event: Lifecycle, own: boolean): readonly Event[] {
    const { other, child } = event;
    const caller = other === undefined ? undefined : this.#walk.known(other);
    const { space, change } = this.#walk.see(event);
    const isKept = this.#isKept(space);
    const isShown = isKept || this.#isShown(space);
    if (change.kind === "fork" && isKept && !this.#kept.has(change.space))
      this.#copies.add(change.space);
    if ("ended" in change && change.ended !== undefined) this.#copies.delete(change.ended);
    if (change.kind === "exec" && !this.#kept.has(change.space))
      return this.#left(event, isShown, this.#isShown(caller));
    const isEnd = child === undefined && isShown;
    return change.kind === "exec" || isKept || isEnd || own ? [event] : [];
  }

  /** Tasks that an exec takes elsewhere leave what is kept. */
  #left({ line, pid, other, time }: Lifecycle, task: boolean, caller: boolean): readonly Event[] {
    const exit = (of: number | null): Event => ({
      ...{ kind: "lifecycle", lifecycle: "exit", line, pid: of },
      ...(time !== undefined && { time }),
    });
    const isOther = caller && other !== undefined && other !== pid;
    return [...(task ? [exit(pid)] : []), ...(isOther ? [exit(other)] : [])];
  }

  /** Another process may have shown the size of a segment. */
  #sized(event: Event): Event {
    return withSegmentSize(event, this.#sizes);
  }
}

/** What was kept. */
export interface Filtered {
  readonly trace: Trace;
  readonly spaces: number;
}

/**
 * The trace of these tasks alone: every event of the address spaces that they had and of those that these were copied from, with
 * all threads. Throws what `Spaces.kept` does. `name` becomes its name.
 */
export function filter(
  { file, trace }: Part,
  selection: Selection,
  name: string,
  shelf?: Shelf,
): Filtered {
  const spaces = new Spaces(selection, file);
  const walked = walkSpaces(trace.events, (event, step) => spaces.take(event, step));
  const kept = spaces.kept();
  const events = logOf(new Filter(trace.events, walked, kept).run(trace.events), shelf);
  return { trace: { ...trace, name, events }, spaces: kept.size };
}
