/** What the tricks of a recording amount to, and how much of it a policy can change at all. */

import type { Events } from "../../trace/events.ts";
import { type OpTable, opNumber, ways } from "../op-table.ts";
import type { Area, Program } from "../program.ts";
import { recordedPages } from "../recorded-pages.ts";
import { Calls } from "./calls.ts";
import type { Idioms } from "./idioms.ts";
import { type Labels, labelsOf } from "./labels.ts";
import { type Idiom, isTrim, type Mutable, type Trim } from "./types.ts";

/** Successful mmap calls of one recording, and those whose place the kernel chose. */
export interface Bound {
  readonly mmaps: number;
  /** Without MAP_FIXED, and with no hint or one that was missed. */
  readonly placed: number;
  readonly atLeast64K: number;
  readonly atLeast2M: number;
  /** Of those of 2 MiB and more: how many by backing. */
  readonly byBacking: Readonly<Record<string, number>>;
  /** Of those of 2 MiB and more: reservations of tricks. */
  readonly reservations: number;
}

/** The over-map-and-trims, or the placeholders. Bytes, except counts. */
export interface ClassSummary {
  readonly count: number;
  readonly kept: number;
  /** How many by alignment in bytes. */
  readonly byAlign: Readonly<Record<string, number>>;
  /** Reservations that the recorded kernel put at their hint: no policy changes them. */
  readonly hinted: number;
  /** Calls that a program without the trick would not make. */
  readonly saved: number;
  readonly guards: number;
}

export interface IntentSummary {
  readonly bound: Bound;
  readonly trims: ClassSummary;
  readonly placeholders: ClassSummary;
  readonly firstTries: number;
  readonly learned: number;
  readonly ladders: number;
  readonly shrinks: number;
  /** Lines of reservations whose cuts no alignment explains. */
  readonly unexplained: readonly number[];
  /** Lines where each trick begins, by its class. */
  readonly lines: Readonly<Record<TrickName, readonly number[]>>;
  /** What else programs do with addresses. */
  readonly labels: Labels;
}

export type TrickName = "trims" | "placeholders" | "firstTries" | "learned" | "ladders" | "shrinks";

function backingOf({ backing, file }: Area): string {
  return backing === "file" ? (file?.kind ?? "unknown") : backing;
}

/**
 * The op that each mmap call became, by event, or -1: what it found missing, a space of its own say, is made in its name
 * before.
 */
function madeBy({ ops: { table } }: Program, events: Events): Int32Array {
  const made = new Int32Array(events.length).fill(-1);
  const { kind, event } = table;
  for (let index = 0; index < kind.length; index++) {
    const maps = kind[index] === opNumber.map || kind[index] === opNumber.fix;
    const of = event[index] ?? -1;
    if (maps && of >= 0) made[of] = index;
  }
  return made;
}

/** True if the recorded kernel took the hint of the map op with this index. */
function isHinted(table: OpTable, index: number, recorded: Float64Array): boolean {
  const { how, atObject, atOffset } = table;
  if (ways[how[index] ?? 0] === "claim") return true;
  const object = atObject[index] ?? -1;
  if (object < 0) return false;
  return (recorded[object] ?? 0) + (atOffset[index] ?? 0) === table.recorded[index];
}

function boundOf(calls: Calls, events: Events, idioms: Idioms): Bound {
  const { program } = calls;
  const recorded = recordedPages(program);
  const tricks = new Uint8Array(program.objects + 1);
  for (const { object } of idioms.trims()) tricks[object] = 1;
  const found = { mmaps: 0, placed: 0, atLeast64K: 0, atLeast2M: 0, reservations: 0 };
  const byBacking: Record<string, number> = {};
  const made = madeBy(program, events);
  const { kind, pages, area, areas, object } = program.ops.table;
  for (let event = 0; event < made.length; event++) {
    const index = made[event] ?? -1;
    if (index < 0 || calls.nameOf(event) !== "mmap") continue;
    found.mmaps += 1;
    if (kind[index] !== opNumber.map || isHinted(program.ops.table, index, recorded)) continue;
    found.placed += 1;
    const bytes = (pages[index] ?? 0) * program.pageBytes;
    if (bytes >= 2 ** 16) found.atLeast64K += 1;
    if (bytes < 2 ** 21) continue;
    found.atLeast2M += 1;
    const mapped = areas[area[index] ?? -1];
    const backing = mapped === undefined ? "unknown" : backingOf(mapped);
    byBacking[backing] = (byBacking[backing] ?? 0) + 1;
    if (tricks[object[index] ?? 0] === 1) found.reservations += 1;
  }
  return { ...found, byBacking };
}

/** Sums over the trims, or the placeholders. */
class ClassSums {
  readonly summary: Mutable<Omit<ClassSummary, "byAlign">> & { byAlign: Record<string, number> } = {
    ...{ count: 0, kept: 0, byAlign: {}, hinted: 0, saved: 0, guards: 0 },
  };
  readonly #program: Program;
  readonly #recorded: Float64Array;

  constructor(program: Program) {
    this.#program = program;
    this.#recorded = recordedPages(program);
  }

  add({ op, align, kept, guard, cutCalls, isBacked, firstTry }: Trim): void {
    const { pageBytes, ops } = this.#program;
    const { summary } = this;
    const bytes = align * pageBytes;
    summary.count += 1;
    summary.kept += kept * pageBytes;
    summary.byAlign[bytes] = (summary.byAlign[bytes] ?? 0) + 1;
    if (isHinted(ops.table, op, this.#recorded)) summary.hinted += 1;
    summary.saved += cutCalls + (isBacked ? 1 : 0) + (firstTry ? 2 : 0);
    summary.guards += guard * pageBytes;
  }
}

/** Sum up what `recognise` found in a program. */
export function summarise(
  program: Program,
  events: Events,
  idioms: Idioms,
  calls: Calls = new Calls(program, events),
): IntentSummary {
  const sums = { trim: new ClassSums(program), placeholder: new ClassSums(program) };
  const lines: Record<Idiom["class"] | "firstTry", number[]> = {
    ...{ trim: [], placeholder: [], firstTry: [] },
    ...{ learned: [], ladder: [], shrink: [], unexplained: [] },
  };
  for (const one of idioms) {
    lines[one.class].push(one.line);
    if (!isTrim(one)) continue;
    sums[one.class].add(one);
    if (one.firstTry !== undefined) lines.firstTry.push(one.firstTry.map.line);
  }
  return {
    bound: boundOf(calls, events, idioms),
    trims: sums.trim.summary,
    placeholders: sums.placeholder.summary,
    firstTries: lines.firstTry.length,
    learned: lines.learned.length,
    ladders: lines.ladder.length,
    shrinks: lines.shrink.length,
    unexplained: lines.unexplained,
    lines: {
      trims: lines.trim,
      placeholders: lines.placeholder,
      firstTries: lines.firstTry,
      learned: lines.learned,
      ladders: lines.ladder,
      shrinks: lines.shrink,
    },
    labels: labelsOf(calls, idioms),
  };
}
