/** What a report says: the whole result of a replay as plain data, `mmreplay.report/1`. */

import type { DeviceMapping } from "../metrics/device-mappings.ts";
import type { Metric, MetricValue } from "../metrics/types.ts";
import type { Conversion } from "../place/convert-ops.ts";
import type { IntentSummary } from "../resolve/idioms/summary.ts";
import type { OverTime } from "../space/observed.ts";
import type { Cpu } from "../tlb/types.ts";
import { notesOf } from "./notes.ts";

export interface TraceSetup {
  readonly name: string;
  readonly kernel?: string;
  readonly arch: string;
  /** Bytes. */
  readonly pageSize: number;
  readonly recorder: string;
  /** The recorded program's command line. */
  readonly command?: string;
  /** Address spaces: a process that calls execve has another one afterwards. */
  readonly processes: number;
  readonly thpEnabled?: string;
  readonly shmemEnabled?: string;
  /** The same by size of the huge page in bytes, where the recording has it. */
  readonly thpSizes?: Readonly<Record<string, string>>;
  readonly shmemSizes?: Readonly<Record<string, string>>;
  /** What was concluded, not recorded. */
  readonly inferred: readonly string[];
  /** What was rounded, where it is replayed on another architecture than it was recorded on. */
  readonly converted?: Conversion;
  /** Userspace alignment tricks in the recording, and the bound of what a policy can change. */
  readonly intent?: IntentSummary;
}

export interface PolicySetup {
  /** With its parameters, as it can be given again. */
  readonly id: string;
  readonly summary: string;
  readonly kernel: string;
  readonly source: string;
}

/** Everything that is needed to get the same numbers again. */
export interface Setup {
  readonly version: string;
  /** The exact command line. */
  readonly command: string;
  readonly traces: readonly TraceSetup[];
  readonly policies: readonly PolicySetup[];
  /** Id of the policy that the others are held against. */
  readonly baseline: string;
  readonly metrics: readonly Pick<Metric, "id" | "title" | "unit" | "better">[];
  readonly population: "full" | "touched" | "none";
  /** Log2 of the pages of the largest folio, where it was given. */
  readonly folioOrder?: number;
  /** Frame number of the BARs' first pages, where it was given. */
  readonly pfn?: string;
  /** Whose TLBs were simulated, from which figures. */
  readonly tlbs?: readonly Pick<Cpu, "id" | "title" | "source" | "assumed">[];
  readonly idioms: "keep" | "redo" | "drop";
}

/** What went otherwise than in the recording, by name. */
export type Counters = Readonly<Record<string, number>>;

export interface Result {
  readonly trace: string;
  readonly policy: string;
  readonly arch: string;
  readonly metrics: Readonly<Record<string, MetricValue>>;
  readonly counters: Counters;
  readonly overTime?: OverTime;
  /** The first call that the kernel would have refused for vm.max_map_count. */
  readonly refused?: { readonly line: number; readonly count: number };
}

/** One trace under one policy, as it was measured. */
export interface Run extends Result {
  readonly mappings: readonly DeviceMapping[];
}

/** What one policy made of a mapping. */
export type MappingCost = Pick<DeviceMapping, "address" | "entries" | "bySize" | "faults">;

/** A mapping of device memory under every policy that placed it; mappings that cost the same under each are one row. */
export interface MappingRow
  extends Pick<DeviceMapping, "line" | "device" | "offset" | "bytes" | "chosen"> {
  readonly trace: string;
  /** How many such mappings; `line` and the addresses are those of the first. */
  readonly times: number;
  readonly byPolicy: Readonly<Record<string, MappingCost>>;
}

export interface Report {
  readonly schema: "mmreplay.report/1";
  readonly setup: Setup;
  readonly results: readonly Result[];
  readonly mappings: readonly MappingRow[];
  /** What a reader must know before believing the numbers. */
  readonly notes: readonly string[];
}

/** One row per object, the policies side by side; who chose the address is said of the first. */
function objectRows(runs: readonly Run[]): MappingRow[] {
  const rows = new Map<string, MappingRow>();
  for (const { trace, policy, mappings } of runs) {
    for (const { object, address, entries, bySize, faults, ...same } of mappings) {
      const key = `${trace} ${object}`;
      const row = rows.get(key) ?? { trace, ...same, times: 1, byPolicy: {} };
      const cost = { address, entries, bySize, faults };
      rows.set(key, { ...row, byPolicy: { ...row.byPolicy, [policy]: cost } });
    }
  }
  return [...rows.values()];
}

/** Rows that differ in nothing that a table shows become one; largest first. */
function mappingRows(runs: readonly Run[]): MappingRow[] {
  const rows = new Map<string, MappingRow>();
  for (const row of objectRows(runs)) {
    const costs = Object.entries(row.byPolicy).map(([policy, { bySize }]) => [policy, bySize]);
    const key = JSON.stringify([row.trace, row.device, row.offset, row.bytes, row.chosen, costs]);
    const known = rows.get(key);
    rows.set(key, known === undefined ? row : { ...known, times: known.times + 1 });
  }
  return [...rows.values()].sort((a, b) => b.bytes - a.bytes);
}

/** Neighbours that the baseline joins on the same trace and this result does not. */
function withMergesLost(result: Result, results: readonly Result[], baseline: string): Result {
  const { vmas } = result.metrics;
  const base = results.find(({ trace, policy }) => trace === result.trace && policy === baseline);
  const { merges } = vmas?.more ?? {};
  const { vmas: own } = base?.metrics ?? {};
  const { merges: before } = own?.more ?? {};
  if (vmas === undefined || merges === undefined || before === undefined) return result;
  const more = { ...vmas.more, mergesLost: before - merges };
  return { ...result, metrics: { ...result.metrics, vmas: { ...vmas, more } } };
}

/** Build the report; runs in the order of traces, then of policies. */
export function makeReport(setup: Setup, runs: readonly Run[]): Report {
  const measured = runs.map(({ mappings: _, ...result }) => result);
  const results = measured.map((one) => withMergesLost(one, measured, setup.baseline));
  return {
    schema: "mmreplay.report/1",
    setup,
    results,
    mappings: mappingRows(runs),
    notes: notesOf(setup, results),
  };
}
