/** How a trace finds its policy, architecture and program: the steps that replay and verify share. */

import { archs, parseArch } from "./arch/index.ts";
import type { Arch } from "./arch/types.ts";
import type { Diagnostics } from "./errors.ts";
import { fileOf } from "./formats/kinds.ts";
import { convert } from "./place/convert.ts";
import type { Conversion } from "./place/convert-ops.ts";
import { policies } from "./policies/index.ts";
import type { Policy } from "./policies/types.ts";
import type { Program } from "./resolve/program.ts";
import { check, type ResolveOptions, resolve } from "./resolve/resolve.ts";
import type { Shelf } from "./trace/block.ts";
import type { Facts, Trace } from "./trace/trace.ts";

/** The architecture that made a recording; x86-64 where nothing says otherwise. */
export function archFor(facts: Facts): Arch {
  const pages = `${facts.pageSize / 1024}k`;
  switch (facts.arch) {
    case "arm64":
      return archs.get(`arm64-${pages}`);
    case "riscv64":
      return archs.get(`riscv64-sv${(facts.taskSizeBits ?? 47) + 1}`);
    default:
      return archs.get((facts.taskSizeBits ?? 47) > 47 ? "x86-64-la57" : "x86-64");
  }
}

/** The release that a recorded kernel belongs to: the newest modelled one that is not newer. */
export function policyFor(facts: Facts): Policy {
  if (facts.policy !== undefined) return policies.get(facts.policy);
  const [major = 0, minor = 0] = (facts.kernel ?? "7.3").split(/[.-]/).map(Number);
  const order = major * 1000 + minor;
  const known = policies.ids
    .map((id) => /^linux-(\d+)\.(\d+)$/.exec(id))
    .filter((match) => match !== null)
    .map(([id, a, b]) => ({ id, order: Number(a) * 1000 + Number(b) }))
    .sort((a, b) => a.order - b.order);
  const match = known.findLast((one) => one.order <= order) ?? known[0];
  return policies.get(match?.id ?? "linux-7.3");
}

const resolveOptions = (recorded: Policy, touches = false): ResolveOptions => ({
  fileOf: ({ path, device }) => fileOf(path, -1, device),
  failedRemapUnmaps: recorded.profile.failedRemapUnmaps,
  ringsStay: recorded.profile.ringsStay,
  touches,
});

/** Resolve a trace with what is known of the kernel that recorded it. */
export function resolveTrace(
  trace: Trace,
  recorded: Policy,
  diagnostics: Diagnostics,
  touches = false,
): Program {
  return resolve(trace, resolveOptions(recorded, touches), diagnostics);
}

/** Count in `diagnostics` what does not fit together in a trace, as the kernel that recorded it would have it. */
export function checkTrace(trace: Trace, diagnostics: Diagnostics, shelf?: Shelf): void {
  check(trace, resolveOptions(policyFor(trace.facts)), diagnostics, shelf);
}

/** A program with the machine that it is replayed on. */
export interface Subject {
  readonly program: Program;
  readonly facts: Facts;
  readonly arch: Arch;
  /** What was converted, where it was recorded on another architecture. */
  readonly conversion?: Conversion;
}

/** The program on the architecture asked for; default: the recording's own. */
export function onArch(program: Program, facts: Facts, asked: string | undefined): Subject {
  const own = archFor(facts);
  if (asked === undefined || asked === own.id) return { program, facts, arch: own };
  const arch = parseArch(asked);
  // The same machine with other leaf sizes: nothing to convert.
  if (asked.startsWith(`${own.id}:`)) return { program, facts, arch };
  return { ...convert(program, facts, own, arch), arch };
}
