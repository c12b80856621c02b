/** Whether a program was recorded call by call, or is only the state that a maps file shows. */

import { opNumber } from "../resolve/op-table.ts";
import type { Program } from "../resolve/program.ts";

const calls = new Set(
  (["map", "probe", "release", "protect", "advise", "discard"] as const).map(
    (kind) => opNumber[kind],
  ),
);

const known = new WeakMap<Program, boolean>();

/** True if any call maps, unmaps or changes something; exec and snapshots alone make areas too. */
export function holdsCalls(program: Program): boolean {
  const before = known.get(program);
  if (before !== undefined) return before;
  const holds = program.ops.table.kind.some((kind) => calls.has(kind));
  known.set(program, holds);
  return holds;
}
