/** How several traces of one machine become one: every task with an id and every call with a line of its own. */

import { MmreplayError } from "../errors.ts";
import type { U64 } from "../units.ts";
import type { Shelf } from "./block.ts";
import { TaskSet } from "./by-task.ts";
import { type Event, execSource, growthSource } from "./event.ts";
import { hasKind } from "./log.ts";
import { logOf } from "./log-writer.ts";
import { mergeFacts, type Part } from "./merge-facts.ts";
import { segmentSizes, withSegmentSize } from "./segment-sizes.ts";
import { timeColumn } from "./shapes.ts";
import { type Conclusions, walkSpaces, withConclusion, withConclusions } from "./space-walk.ts";
import type { Trace } from "./trace.ts";

type TaskId = number | null;

/** What a first walk over a part tells. */
interface Surveyed extends Part {
  readonly tasks: TaskSet;
  readonly lastTask: number;
  readonly lastLine: number;
  readonly isTimed: boolean;
  readonly conclusions: Conclusions;
  readonly sizes: ReadonlyMap<number, U64>;
}

function surveyed(part: Part): Surveyed {
  const { events } = part.trace;
  const tasks = new TaskSet();
  let [lastTask, lastLine] = [0, 0];
  const { evidence, conclusions } = walkSpaces(events, ({ pid, child, other, line }) => {
    for (const task of [pid, child, other])
      if (typeof task === "number") {
        tasks.add(task);
        lastTask = Math.max(lastTask, task);
      }
    lastLine = Math.max(lastLine, line);
  });
  if (evidence.untold)
    throw new MmreplayError("merge/untold-tasks", "nothing tells which tasks are of one process", {
      at: { file: part.file },
      hint: "if all are threads of one, import its recording with --one-process",
    });
  const isTimed = logOf(events).slots.some((slot) => slot.block().columns.has(timeColumn));
  const sizes = segmentSizes(events);
  return { ...part, tasks, lastTask, lastLine, isTimed, conclusions, sizes };
}

/** Numbers that no part uses. */
class Fresh {
  #last: number;

  constructor(parts: readonly Surveyed[]) {
    this.#last = Math.max(...parts.map(({ lastTask }) => lastTask));
  }

  next(): number {
    this.#last += 1;
    return this.#last;
  }
}

/** Snapshots whose line is one of the recording; those of others are lines of maps files. */
const ofRecording: ReadonlySet<string> = new Set([growthSource, execSource, "attach"]);

/** The events of one part as they stand in the whole. */
class Renaming {
  readonly #part: Surveyed;
  readonly #earlier: readonly Surveyed[];
  readonly #fresh: Fresh;
  /** Ids that other parts use, and the task without one. */
  readonly #ids = new Map<TaskId, number>();
  readonly #line: number;

  constructor(part: Surveyed, earlier: readonly Surveyed[], fresh: Fresh) {
    this.#part = part;
    this.#earlier = earlier;
    this.#fresh = fresh;
    this.#line = earlier.reduce((sum, { lastLine }) => sum + lastLine, 0);
  }

  /** `12 is now 4096` for each. */
  get told(): readonly string[] {
    return [...this.#ids].flatMap(([id, now]) => (id === null ? [] : [`${id} is now ${now}`]));
  }

  *events(): Generator<Event, undefined> {
    const { trace, conclusions } = this.#part;
    for (const [event, conclusion] of withConclusions(trace.events, conclusions)) {
      const renamed = this.#renamed(event);
      if (conclusion === undefined) yield renamed;
      else yield* withConclusion(renamed, { ...conclusion, other: this.#id(conclusion.other) });
    }
  }

  #id(id: TaskId): number {
    const known = this.#ids.get(id);
    if (known !== undefined) return known;
    if (id !== null && !this.#earlier.some(({ tasks }) => tasks.has(id))) return id;
    const now = this.#fresh.next();
    this.#ids.set(id, now);
    return now;
  }

  #renamed(event: Event): Event {
    const isNobodys = event.pid === null && (event.kind === "warning" || event.kind === "lost");
    const pid = isNobodys ? null : this.#id(event.pid);
    const line = event.line + this.#line;
    switch (event.kind) {
      case "call": {
        const bare = event.pid === null && { bare: true as const };
        const entry = event.entryLine !== undefined && { entryLine: event.entryLine + this.#line };
        // Another part may use the number of a segment. Ids of open files stay: files meet in one space only.
        return withSegmentSize({ ...event, pid, line, ...entry, ...bare }, this.#part.sizes);
      }
      case "lifecycle": {
        const { child, other, entryLine } = event;
        return {
          ...{ ...event, pid, line },
          ...(event.pid === null && { bare: true as const }),
          ...(entryLine !== undefined && { entryLine: entryLine + this.#line }),
          ...(child !== undefined && { child: this.#id(child) }),
          ...(other !== undefined && { other: this.#id(other) }),
        };
      }
      case "snapshot":
        return { ...event, pid, line: ofRecording.has(event.source) ? line : event.line };
      default:
        return { ...event, pid, line };
    }
  }
}

/** Why the parts stand one after the other; undefined if they are put together by time. */
function whyApart(parts: readonly Surveyed[]): string | undefined {
  const has = (kind: "lost" | "search"): Surveyed | undefined =>
    parts.find(({ trace }) => hasKind(trace.events, kind));
  const untimed = parts.find(({ isTimed }) => !isTimed);
  if (untimed !== undefined) return `${untimed.file} has no times`;
  const lost = has("lost");
  if (lost !== undefined) return `events of ${lost.file} were lost`;
  return has("search") === undefined
    ? undefined
    : "gap searches are told apart by their neighbours";
}

/** Throws `merge/contradiction` where some parts have gap searches and others none: they are resolved in other ways. */
function checkSearches(parts: readonly Part[]): void {
  const searches = parts.map(({ trace }) => hasKind(trace.events, "search"));
  const [one, other] = [parts[searches.indexOf(true)], parts[searches.indexOf(false)]];
  if (one === undefined || other === undefined) return;
  throw new MmreplayError(
    "merge/contradiction",
    `gap searches are recorded in ${one.file} and not in ${other.file}`,
    { at: { file: other.file }, hint: "record both with the same recorder" },
  );
}

/** A part while it is read. */
class Reading {
  readonly #events: Iterator<Event, undefined>;
  event: Event | undefined;
  /** The latest so far: an event without a time follows the one before. */
  time = 0;

  constructor(events: Iterator<Event, undefined>) {
    this.#events = events;
    this.advance();
  }

  advance(): void {
    this.event = this.#events.next().value;
    this.time = Math.max(this.time, this.event?.time ?? 0);
  }
}

/** The events of all parts by time, those of each in their own order. */
function* byTime(parts: readonly Iterator<Event, undefined>[]): Generator<Event, undefined> {
  let readings = parts.map((part) => new Reading(part));
  for (;;) {
    readings = readings.filter(({ event }) => event !== undefined);
    const [first, ...others] = readings;
    if (first === undefined) return;
    const next = others.reduce((least, one) => (one.time < least.time ? one : least), first);
    if (next.event !== undefined) yield next.event;
    next.advance();
  }
}

function* inTurn(parts: readonly Generator<Event, undefined>[]): Generator<Event, undefined> {
  for (const part of parts) yield* part;
}

/** What was made of the parts. */
export interface Merged {
  readonly trace: Trace;
  /** What people should know: facts that not all parts tell, ids that are others, the order. */
  readonly told: readonly string[];
}

/** Ids that are told. */
const mostTold = 5;

/**
 * One trace of all parts: by time, where all have times, else one part after the other. An id of a task that an earlier part
 * uses becomes one that no part uses; lines go on from part to part. `name` becomes its name. Throws `merge/contradiction` and
 * `merge/untold-tasks`.
 */
export function merge(parts: readonly [Part, ...Part[]], name: string, shelf?: Shelf): Merged {
  const { facts, taken } = mergeFacts(parts);
  checkSearches(parts);
  const all = parts.map(surveyed);
  const fresh = new Fresh(all);
  const renamings = all.map((part, at) => new Renaming(part, all.slice(0, at), fresh));
  const apart = whyApart(all);
  const together = renamings.map((renaming) => renaming.events());
  const events = logOf(apart === undefined ? byTime(together) : inTurn(together), shelf);
  const order =
    apart === undefined ? "in the order of their times" : `one after the other: ${apart}`;
  const ids = renamings.flatMap(({ told }, at) => {
    if (told.length === 0) return [];
    const more = told.length > mostTold ? `, and ${told.length - mostTold} more` : "";
    return [
      `tasks of ${all[at]?.file} whose ids are taken: ${told.slice(0, mostTold).join(", ")}${more}`,
    ];
  });
  return { trace: { name, facts, events }, told: [order, ...ids, ...taken] };
}
