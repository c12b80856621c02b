/** What a recorded program asks for on an architecture with other pages: the same bytes, rounded as the program would. */

import type { Arch } from "../arch/types.ts";
import { OpWriter } from "../resolve/op-writer.ts";
import type { Program, SpaceFacts } from "../resolve/program.ts";
import type { Facts } from "../trace/trace.ts";
import { type Bases, type Conversion, Converter } from "./convert-ops.ts";
import { layoutOf } from "./layout.ts";

export interface Converted {
  readonly program: Program;
  readonly facts: Facts;
  readonly conversion: Conversion;
}

/** The facts without those that only the recording architecture has. */
function factsOn(
  { arch: _, taskSizeBits: __, mmapRndBits: ___, ...facts }: Facts,
  to: Arch,
): Facts {
  return { ...facts, pageSize: to.pageBytes };
}

/** The spaces on another architecture; a recorded mmap_base has no meaning there. */
function spacesOn({ spaces }: Program, own: Arch, to: Arch, there: Facts): readonly SpaceFacts[] {
  return spaces.map((space) => {
    const { mmapBase: _, bottomUpBase: __, ...limits } = space;
    const { mmapBase, topDown } = layoutOf(limits, there, to);
    const unrecordedPages = Math.ceil((space.unrecordedPages * own.pageBytes) / to.pageBytes);
    return { ...limits, mmapBase, topDown, unrecordedPages, layoutFrom: "formula" as const };
  });
}

/** By space: its mmap_base before and after; spaces with the same one move together. */
function basesOf(
  { spaces }: Program,
  moved: readonly SpaceFacts[],
  own: Arch,
  to: Arch,
): ReadonlyMap<number, Bases> {
  const shared = new Map<number, Bases>();
  const bases = new Map<number, Bases>();
  for (const [at, { space, mmapBase }] of spaces.entries()) {
    const now = moved[at]?.mmapBase;
    if (mmapBase === undefined || now === undefined) continue;
    const both = shared.get(mmapBase) ?? { old: mmapBase * own.pageBytes, new: now * to.pageBytes };
    shared.set(mmapBase, both);
    bases.set(space, both);
  }
  return bases;
}

/**
 * The program on another architecture. Lengths are rounded up; guard gaps and rooms below are counted in pages by the
 * kernel (stack_guard_gap) and stay as they are. A recorded mmap_base has no meaning there: the formula's stands for it,
 * with random 0. The recorded pages are scaled for comparison of neighbours only; no placement can agree with them.
 */
export function convert(program: Program, facts: Facts, own: Arch, to: Arch): Converted {
  const there = factsOn(facts, to);
  const spaces = spacesOn(program, own, to, there);
  const converter = new Converter(own, to, basesOf(program, spaces, own, to));
  const ops = new OpWriter();
  /** By op of the recording: its index now. */
  const index: number[] = [];
  for (const op of program.ops) {
    const converted = converter.op(op);
    if (converted !== undefined) ops.push(converted);
    index.push(ops.length - 1);
  }
  return {
    program: {
      ...program,
      pageBytes: to.pageBytes,
      converted: true,
      ops: ops.done(),
      spaces,
      peak: index[program.peak] ?? 0,
      doubtfulFrom: new Map(
        [...program.doubtfulFrom].map(([space, from]) => [space, index[from] ?? from]),
      ),
    },
    facts: there,
    conversion: converter.conversion,
  };
}
