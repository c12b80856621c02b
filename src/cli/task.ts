/** What one path of the command line is to become, and what its policies start from: values that cross between threads. */

import type { TraceSetup } from "../reports/report.ts";
import type { IdiomTable } from "../resolve/idioms/idiom-table.ts";
import { Idioms } from "../resolve/idioms/idioms.ts";
import type { IdiomMode } from "../resolve/idioms/types.ts";
import type { OpTable } from "../resolve/op-table.ts";
import { Ops } from "../resolve/ops.ts";
import type { Program } from "../resolve/program.ts";
import type { Population } from "../space/population.ts";
import type { Touch } from "../space/rules.ts";
import type { Facts } from "../trace/trace.ts";

export const idiomModes: readonly IdiomMode[] = ["keep", "redo", "drop"];

/** Plain values: it crosses to another thread. */
export interface Task {
  readonly path: string;
  /** As the user named them. */
  readonly policies: string;
  readonly arch: string | undefined;
  readonly latency: boolean;
  readonly idioms: IdiomMode;
  readonly population: Population;
  /** Frame number of the first page of each BAR, where it is not the recorded one. */
  readonly pfn: number | undefined;
  /** Ids of the CPUs whose TLBs are simulated, and of the metrics. */
  readonly cpus: readonly string[];
  readonly metrics: readonly string[];
  /** Moments at which values are kept. */
  readonly points: number;
  /** Warnings are errors. */
  readonly strict: boolean;
}

/** A trace without its events, with its tricks: what every policy starts from. */
export interface Prepared {
  readonly setup: TraceSetup;
  readonly facts: Facts;
  /** As recorded. */
  readonly program: Program;
  readonly idioms: Idioms;
  readonly touch: Touch;
}

/** The same as plain values, which cross to another thread. */
export interface Packed extends Omit<Prepared, "program" | "idioms"> {
  readonly program: Omit<Program, "ops"> & { readonly ops: OpTable };
  readonly idioms: IdiomTable;
}

export const packed = ({ program, idioms, ...rest }: Prepared): Packed => ({
  ...rest,
  program: { ...program, ops: program.ops.table },
  idioms: idioms.table,
});

export const unpacked = ({ program, idioms, ...rest }: Packed): Prepared => {
  const ops = new Ops(program.ops);
  return { ...rest, program: { ...program, ops }, idioms: new Idioms(idioms, ops) };
};
