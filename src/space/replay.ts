/** A finished replay: what metrics look at. */

import type { Arch } from "../arch/types.ts";
import type { Placements } from "../place/types.ts";
import type { Policy, Profile } from "../policies/types.ts";
import type { Program } from "../resolve/program.ts";
import type { Facts } from "../trace/trace.ts";
import type { AddressSpace } from "./address-space.ts";
import type { Misses, Observed, OverTime, Touched } from "./observed.ts";
import type { Population } from "./population.ts";

export interface Replay {
  readonly program: Program;
  readonly facts: Facts;
  readonly arch: Arch;
  readonly policy: Policy;
  readonly profile: Profile;
  readonly placements: Placements;
  readonly population: Population;
  /** Copies of the spaces alive after op `program.peak`. */
  readonly peak: readonly AddressSpace[];
  /** The spaces alive at the end; where none is, the last one as it was when it ended. */
  readonly end: readonly AddressSpace[];
  readonly observed: Observed;
  /** What the page faults of the recording brought, where they are the population. */
  readonly touched?: Touched;
  /** By CPU, where TLBs were simulated. */
  readonly misses?: ReadonlyMap<string, Misses>;
  readonly overTime?: OverTime;
  /** Largest VMA count of any one space, over all ops. */
  readonly vmaPeak: number;
}
