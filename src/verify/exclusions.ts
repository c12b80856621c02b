/** Which recorded answers cannot be held against a model, for reasons that are true of the recording. */

import type { Arch } from "../arch/types.ts";
import type { Exclusion, Op } from "../resolve/program.ts";
import type { Trace } from "../trace/trace.ts";
import { alignUp, pageOf } from "../units.ts";
import type { Excluded } from "./types.ts";

type Placing = Extract<Op, { kind: "map" | "probe" }>;

/** Why nothing is claimed after a loss. */
export const afterLoss = "events were lost before it: the state is doubtful";

/** Collects exclusions by reason. */
export class Exclusions {
  readonly #byReason = new Map<string, { count: number; firstLine: number }>();

  constructor(recorded: readonly Exclusion[]) {
    for (const { reason, line } of recorded) this.add(reason, line, 1);
  }

  add(reason: string, line: number, count: number): void {
    const known = this.#byReason.get(reason);
    if (known === undefined) this.#byReason.set(reason, { count, firstLine: line });
    else {
      known.count += count;
      known.firstLine = Math.min(known.firstLine, line);
    }
  }

  list(): readonly Excluded[] {
    return [...this.#byReason].map(([reason, { count, firstLine }]) => ({
      reason,
      count,
      firstLine,
      ...(reason === afterLoss && { doubtful: true as const }),
    }));
  }

  /** How many stand after a loss. */
  get doubtful(): number {
    return this.#byReason.get(afterLoss)?.count ?? 0;
  }
}

/** Placed where its call asked, or at mmap_min_addr (round_hint_to_min()) where that was lower. */
function isAtHint(op: Placing, { facts, events }: Trace, arch: Arch): boolean {
  const call = events.at(op.event);
  if (op.kind !== "map" || call?.kind !== "call" || call.call !== "mmap") return false;
  const hint = pageOf(call.addr, facts.pageSize);
  const { mmapMinAddr } = facts;
  const known = mmapMinAddr === undefined ? {} : { mmapMinAddr };
  const { minPage } = arch.layout({ random: 0, aslr: false, ...known });
  return hint > 0 && Math.max(hint, minPage) === op.recorded;
}

/** Why this op of a trace is left out, or undefined. */
export function exclusionOf(op: Placing, trace: Trace, arch: Arch): string | undefined {
  const { area } = op;
  if (area.file?.kind === "unknown" && op.how !== "claim" && op.how !== "grow-in-place") {
    const wholeBlock = alignUp(area.pgoff, arch.pmd) + arch.pmd <= area.pgoff + op.pages;
    if (wholeBlock) return "a call whose file was not recorded, and whose length makes it matter";
  }
  const is32 = op.low32 && arch.entry === "x86" && arch.compat !== true;
  const drawn = is32 && op.searches.length === 0 && (trace.facts.aslr ?? true);
  if (drawn && !isAtHint(op, trace, arch))
    return "MAP_32BIT under randomisation: the low limit that the kernel drew was not recorded";
  return undefined;
}
