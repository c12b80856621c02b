/** Which recorded answers cannot be held against a model, for reasons that are true of the recording. */

import type { Arch } from "../arch/types.ts";
import type { Exclusion, Op } from "../resolve/program.ts";
import type { Facts } from "../trace/trace.ts";
import { alignUp } from "../units.ts";
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

/** Why this op is left out, or undefined. */
export function exclusionOf(op: Placing, facts: Facts, arch: Arch): string | undefined {
  const { area } = op;
  if (area.file?.kind === "unknown" && op.how !== "claim" && op.how !== "grow-in-place") {
    const wholeBlock = alignUp(area.pgoff, arch.pmd) + arch.pmd <= area.pgoff + op.pages;
    if (wholeBlock) return "a call whose file was not recorded, and whose length makes it matter";
  }
  if (op.low32 && op.searches.length === 0 && op.hint === undefined && (facts.aslr ?? true))
    return "MAP_32BIT under randomisation: the low limit that the kernel drew was not recorded";
  return undefined;
}
