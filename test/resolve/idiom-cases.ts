/** Short ways to write the own calls of a trick, in bytes, and to run a mode through the gap search. */

import { archs } from "../../src/arch/index.ts";
import { Diagnostics } from "../../src/errors.ts";
import { intentOf } from "../../src/place/intent.ts";
import { place } from "../../src/place/place.ts";
import { plan } from "../../src/place/plan.ts";
import { policies } from "../../src/policies/index.ts";
import type { Idioms } from "../../src/resolve/idioms/idioms.ts";
import { recognise } from "../../src/resolve/idioms/recognise.ts";
import type { IdiomMode, MapOp, Trim } from "../../src/resolve/idioms/types.ts";
import type { Program } from "../../src/resolve/program.ts";
import { resolve } from "../../src/resolve/resolve.ts";
import type { Event } from "../../src/trace/event.ts";
import type { OpenFile } from "../../src/trace/file.ts";
import { mmap, munmap, traceOf } from "../support/events.ts";

export const P = 4096;
export const K = 1024;
export const M: number = K * K;
export const G: number = K * M;

export const N = { prot: 0 };
export const vfio: OpenFile = { id: 7, kind: "vfio" };
export const memory: OpenFile = { id: 10, kind: "shmem" };
export const hinted = (addr: number): { addr: number } => ({ addr });

/** A successful anonymous private mmap; bytes. */
export function map(at: number, bytes: number, more: Parameters<typeof mmap>[2] = {}): Event {
  return mmap(at / P, 0, { length: bytes, ...more });
}

/** MAP_FIXED, anonymous or of a file. */
export function fixed(at: number, bytes: number, file?: OpenFile, pgoff = 0): Event {
  const flags = file === undefined ? 0x32 : 0x11;
  const offset = pgoff * P;
  return map(at, bytes, { addr: at, flags, offset, ...(file !== undefined && { file, fd: 5 }) });
}

export const unmap = (at: number, bytes: number, pid = 1): Event => munmap(at / P, bytes / P, pid);

/** A munmap that fails with EINVAL. */
export function refused(at: number, bytes: number): Event {
  const event = munmap(at / P, 0);
  return { ...event, length: bytes, outcome: "error", result: null, error: "EINVAL" } as Event;
}

export function protect(at: number, bytes: number, pid = 1): Event {
  const event = munmap(at / P, bytes / P, pid);
  return { ...event, call: "mprotect", prot: 3 } as Event;
}

export interface Case {
  readonly program: Program;
  readonly idioms: Idioms;
  /** The space's mmap_base is put so that a plain top-down search for `bytes` begins at `at`. */
  run(mode: IdiomMode, at: number, bytes: number): Outcome;
}

export interface Outcome {
  readonly program: Program;
  readonly unsettled: number;
  /** First byte of an object; of the trick's reservation in `keep`. */
  address(object: number): number;
}

export function caseOf(events: readonly Event[]): Case {
  const trace = traceOf(events);
  const options = { fileOf: () => ({ kind: "regular" as const }), failedRemapUnmaps: false };
  const program = resolve(trace, options, new Diagnostics());
  const idioms = recognise(program, trace.events);
  return {
    program,
    idioms,
    run(mode, at, bytes) {
      const mmapBase = (at + Math.ceil(bytes / P) * P) / P;
      const placed = { ...program, spaces: program.spaces.map((one) => ({ ...one, mmapBase })) };
      const arch = archs.get("x86-64");
      const run = (asked: Program) =>
        place(asked, plan(asked, policies.get("linux-6.1"), arch, trace.facts, { forced: false }))
          .placements;
      const { program: asked, unsettled } = intentOf(placed, idioms, mode)(run);
      const { objectPage } = run(asked);
      return { program: asked, unsettled, address: (object) => (objectPage[object] ?? -1) * P };
    },
  };
}

/** The only trim or placeholder of a case, or the one at an index. */
export function trimOf({ idioms }: Case, index = 0): Trim {
  const trim = [...idioms.trims()][index];
  if (trim === undefined) throw new Error(`no trick ${index} among ${idioms.length}`);
  return trim;
}

/** The op that makes an object by a search. */
export function mapOf(program: Program, object: number): MapOp | undefined {
  return [...program.ops].find((op): op is MapOp => op.kind === "map" && op.object === object);
}

/** A reservation of 128 MiB, of which 56 MiB below and 8 MiB above are unmapped. */
export const arena = (at = 0x50800000): readonly Event[] => [
  map(at, 128 * M, N),
  unmap(at, 56 * M),
  unmap(at + 120 * M, 8 * M),
];
