/** Holds the model against recordings, as `mmreplay verify` does, without printing. */

import { load } from "../../src/cli/load.ts";
import { Diagnostics } from "../../src/errors.ts";
import { archFor, policyFor, resolveTrace } from "../../src/pipeline.ts";
import type { Policy } from "../../src/policies/types.ts";
import type { Trace } from "../../src/trace/trace.ts";
import type { Count, RecordingResult } from "../../src/verify/types.ts";
import { verify } from "../../src/verify/verify.ts";

export interface Mode {
  readonly free?: boolean;
  /** What is held against the recording, given its own kernel's policy. */
  readonly policy?: (recorded: Policy) => Policy;
}

export function verifyTrace(trace: Trace, { free = false, policy }: Mode): RecordingResult {
  const recorded = policyFor(trace.facts);
  const program = resolveTrace(trace, recorded, new Diagnostics());
  const used = policy?.(recorded) ?? recorded;
  return verify({ trace, program, policy: used, recorded, arch: archFor(trace.facts), free });
}

/** The results of every recording in a folder. */
export async function verified(folder: string, mode: Mode = {}): Promise<RecordingResult[]> {
  return (await load(folder, { quiet: true })).map((trace) => verifyTrace(trace, mode));
}

export interface Agreement {
  readonly searches: Count;
  readonly placements: Count;
  readonly vmas: Count;
  readonly excluded: number;
}

const sum = (counts: readonly Count[]): Count => ({
  total: counts.reduce((all, { total }) => all + total, 0),
  exact: counts.reduce((all, { exact }) => all + exact, 0),
});

export function agreement(results: readonly RecordingResult[]): Agreement {
  return {
    searches: sum(results.map(({ searches }) => searches)),
    placements: sum(results.map(({ placements }) => placements)),
    vmas: sum(results.map(({ vmas }) => vmas)),
    excluded: results.flatMap(({ excluded }) => excluded).reduce((n, one) => n + one.count, 0),
  };
}
