/** What each event of a trace does to address spaces, and which tasks' spaces were concluded because nothing tells them. */

import type { Event, LifecycleName } from "./event.ts";
import type { Events } from "./events.ts";
import { type Glance, glances } from "./glances.ts";
import { type Change, type Kinship, kinship, Tasks } from "./tasks.ts";

type TaskId = number | null;

/** What is looked at: an event, or a glance at one. */
export interface Seen {
  readonly kind: Event["kind"];
  readonly pid: TaskId;
  readonly lifecycle?: LifecycleName | undefined;
  readonly child?: number | undefined;
  readonly other?: number | undefined;
}

export interface Step {
  /** The space in which it happens: of a birth the parent's, of an exec or an end the one that the task leaves. */
  readonly space: number | undefined;
  readonly change: Change;
  /** A task of the space that was concluded for this one: itself, if the space is new. */
  readonly concluded?: TaskId;
}

const unchanged: Change = { kind: "none" };

/** Whether an event needs the space of its task. */
export const isUse = ({ kind, child }: Seen): boolean =>
  kind === "lifecycle" ? child !== undefined : kind !== "warning" && kind !== "lost";

/** One walk, event by event. */
export class SpaceWalk {
  readonly #tasks: Tasks;
  readonly #members = new Map<number, Set<TaskId>>();

  constructor(evidence: Kinship) {
    this.#tasks = new Tasks(evidence);
  }

  see(event: Seen): Step {
    const { pid, lifecycle, child, other } = event;
    const before = this.#tasks.known(pid);
    const step = isUse(event) ? this.#use(pid, before) : { space: before, change: unchanged };
    if (lifecycle === undefined) return step;
    const concerned = [pid, child, other].filter((task) => task !== undefined);
    const left = concerned.map((task) => this.#tasks.known(task));
    const change = this.#tasks.change({ lifecycle, pid, child, other });
    for (const [at, task] of concerned.entries()) this.#move(task, left[at]);
    return { ...step, change };
  }

  #use(pid: TaskId, before: number | undefined): Step {
    const { space } = this.#tasks.spaceOf(pid);
    if (before !== undefined) return { space, change: unchanged };
    const [member] = this.#members.get(space) ?? [pid];
    this.#move(pid, undefined);
    return { space, change: unchanged, concluded: member ?? null };
  }

  #move(task: TaskId, before: number | undefined): void {
    const space = this.#tasks.known(task);
    if (space === before) return;
    if (before !== undefined) {
      const members = this.#members.get(before);
      members?.delete(task);
      if (members?.size === 0) this.#members.delete(before);
    }
    if (space !== undefined)
      this.#members.set(space, (this.#members.get(space) ?? new Set()).add(task));
  }

  /** The space of a task that has one. */
  known(task: TaskId): number | undefined {
    return this.#tasks.known(task);
  }
}

/** A task of which no birth is recorded. */
export interface Conclusion {
  readonly space: number;
  /** A task of the same process, itself where that is a new one. */
  readonly other: TaskId;
}

/**
 * What was concluded of tasks of which no birth is recorded: by the index of their `attach` event, or of the first event that
 * they have.
 */
export type Conclusions = ReadonlyMap<number, Conclusion>;

/** What a first walk over a trace tells. */
export interface Walked {
  readonly evidence: Kinship;
  readonly conclusions: Conclusions;
}

/** Walk over a trace; `visit` is told of every step. */
export function walkSpaces(
  events: Events,
  visit: (glance: Glance, step: Step) => void = () => undefined,
): Walked {
  const evidence = kinship(events);
  const walk = new SpaceWalk(evidence);
  const conclusions = new Map<number, Conclusion>();
  const attached = new Map<TaskId, number>();
  for (const glance of glances(events)) {
    const { pid, lifecycle, index } = glance;
    const step = walk.see(glance);
    if (step.concluded !== undefined && step.space !== undefined) {
      const conclusion = { space: step.space, other: step.concluded };
      conclusions.set(attached.get(pid) ?? index, conclusion);
    }
    if (glance.child !== undefined) attached.delete(glance.child);
    if (walk.known(pid) !== undefined) attached.delete(pid);
    else if (lifecycle === "attach") attached.set(pid, index);
    visit(glance, step);
  }
  return { evidence, conclusions };
}

/** Each event, with what was concluded of its task where it is the first one. */
export function* withConclusions(
  events: Events,
  conclusions: Conclusions,
): Generator<readonly [event: Event, conclusion: Conclusion | undefined]> {
  let index = 0;
  for (const event of events) {
    yield [event, conclusions.get(index)];
    index += 1;
  }
}

/** An event, with what was concluded of its task written down, so that it holds in other company too. */
export function* withConclusion(event: Event, { other }: Conclusion): Generator<Event, undefined> {
  const told = other === null ? {} : { other };
  if (event.kind === "lifecycle" && event.lifecycle === "attach") yield { ...event, ...told };
  else {
    const { line, pid } = event;
    const bare = "bare" in event && event.bare === true ? { bare: event.bare } : {};
    if (other !== null)
      yield { kind: "lifecycle", lifecycle: "attach", line, pid, ...bare, ...told };
    yield event;
  }
}
