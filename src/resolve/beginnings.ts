/** What is known of each space from its beginning on: what it began with, its limits, and what was never recorded. */

import type { Trace } from "../trace/trace.ts";
import { beginSpace } from "./exec.ts";
import { initialAreas, type SnapshotAreas } from "./initial.ts";
import { spaceLimits } from "./limits.ts";
import type { Origin, SpaceFacts } from "./program.ts";
import type { State } from "./state.ts";
import type { SpaceSurvey, Survey } from "./survey.ts";

/** exec, the searches of an exec, or a snapshot show what a space began with. */
const hasStart = ({ exec, execSearches, snapshot }: SpaceSurvey): boolean =>
  exec || execSearches.length > 0 || snapshot !== undefined;

export class Beginnings {
  readonly #trace: Trace;
  readonly #survey: Survey;
  readonly #areas: SnapshotAreas;
  readonly #state: State;
  /** undefined where nobody asks for them. */
  readonly #spaces: SpaceFacts[] | undefined;
  /** Of spaces that live. */
  readonly #factsOf = new Map<number, SpaceFacts>();
  /** Pages that exec made and nobody recorded, of spaces with any. */
  readonly #unrecorded = new Map<number, number>();
  /** Spaces that ran before the recording and that no snapshot shows. */
  readonly #unknownStarts = new Set<number>();

  /** `spaces` gets the facts of each. */
  constructor(
    trace: Trace,
    survey: Survey,
    areas: SnapshotAreas,
    state: State,
    spaces: SpaceFacts[] | undefined,
  ) {
    this.#trace = trace;
    this.#survey = survey;
    this.#areas = areas;
    this.#state = state;
    this.#spaces = spaces;
  }

  /** Pages that exec made in a space and nobody recorded. */
  unrecorded(space: number): number {
    return this.#unrecorded.get(space) ?? 0;
  }

  /** Whether a space ran before the recording, and no snapshot shows it. */
  isUnknown(space: number): boolean {
    return this.#unknownStarts.has(space);
  }

  /** The current space is one that exec or the recording begins. */
  begin(space: number, from: Origin): void {
    const found = this.#survey.spaces.begin(space);
    if (found === undefined) return;
    const { facts, events } = this.#trace;
    const areas = initialAreas(found, this.#areas);
    const unrecordedPages = beginSpace(this.#state, found, areas, events, facts.pageSize, from);
    if (unrecordedPages !== 0) this.#unrecorded.set(space, unrecordedPages);
    const unknownStart = !hasStart(found);
    if (unknownStart) this.#unknownStarts.add(space);
    const heap = areas.find(({ area }) => area.name === "[heap]");
    if (heap !== undefined) this.#state.space.brkStart = heap.start;
    if (this.#spaces === undefined) return;
    this.#tell({
      ...spaceLimits(found, areas, facts),
      space,
      parent: null,
      pid: found.pid,
      unrecordedPages,
      ...(this.#survey.kinship.untold && { untold: true }),
      unknownStart,
      ...(found.command !== undefined && { command: found.command }),
    });
  }

  /** A space that is a copy of another one. */
  copy(space: number, parent: number, pid: number | null): void {
    const unrecordedPages = this.#unrecorded.get(parent);
    if (unrecordedPages !== undefined) this.#unrecorded.set(space, unrecordedPages);
    if (this.#unknownStarts.has(parent)) this.#unknownStarts.add(space);
    const facts = this.#factsOf.get(parent);
    if (facts !== undefined) this.#tell({ ...facts, space, parent, pid, layoutFrom: "parent" });
  }

  /** A space has ended. */
  forget(space: number): void {
    this.#factsOf.delete(space);
    this.#unrecorded.delete(space);
    this.#survey.spaces.delete(space);
    this.#unknownStarts.delete(space);
  }

  #tell(facts: SpaceFacts): void {
    this.#spaces?.push(facts);
    this.#factsOf.set(facts.space, facts);
  }
}
