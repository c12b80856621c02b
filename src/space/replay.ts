/** A finished replay: what metrics look at. */

import type { Arch } from "../arch/types.ts";
import type { Placements } from "../place/types.ts";
import type { Profile } from "../policies/types.ts";
import type { Program } from "../resolve/program.ts";
import type { Facts } from "../trace/trace.ts";
import type { AddressSpace } from "./address-space.ts";

export interface Replay {
  readonly program: Program;
  readonly facts: Facts;
  readonly arch: Arch;
  readonly profile: Profile;
  readonly placements: Placements;
  /** Copies of the spaces alive after op `program.peak`. */
  readonly peak: readonly AddressSpace[];
  /** The spaces alive at the end; where none is, the last one as it was when it ended. */
  readonly end: readonly AddressSpace[];
  /** Largest VMA count of any one space, over all ops. */
  readonly vmaPeak: number;
}
