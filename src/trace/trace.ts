/** What a trace holds: the facts of the machine and the events of one run. */

import type { Events } from "./events.ts";

/** One memory BAR of a PCI device; bytes. */
export interface Bar {
  readonly index: number;
  readonly start: number;
  readonly size: number;
}

export interface PciDevice {
  /** `0000:00:08.0` */
  readonly address: string;
  readonly bars: readonly Bar[];
}

/** Whatever changes placement, as recorded; an absent field was not recorded and is never invented. */
export interface Facts {
  /** `uname -r` of the kernel that made the recording. */
  readonly kernel?: string;
  /** The id of the policy whose kernel made the recording, where the release alone does not tell (`vfio-thp`). */
  readonly policy?: string;
  readonly arch?: string;
  /** Bytes; inferred where no recorder says, and then named in `inferred`. */
  readonly pageSize: number;
  /** The user address space in bytes (hint-reachable), where it is not the architecture's default: 2^47, 2^56 ... */
  readonly taskSizeBits?: number;
  readonly recorder: string;
  readonly command?: string;
  readonly aslr?: boolean;
  readonly legacyLayout?: boolean;
  /** RLIMIT_STACK in bytes at exec; null is unlimited. */
  readonly stackLimit?: number | null;
  /** Bytes in force: the larger of vm.mmap_min_addr and the LSM's. */
  readonly mmapMinAddr?: number;
  readonly maxMapCount?: number;
  readonly mmapRndBits?: number;
  readonly stackGuardGap?: number;
  readonly thpEnabled?: string;
  readonly shmemEnabled?: string;
  /** shmem_enabled by huge page size in bytes: `always`, `within_size`, `advise`, `inherit`, `never`. */
  readonly shmemSizes?: Readonly<Record<string, string>>;
  /** mTHP `enabled` by size in bytes. */
  readonly thpSizes?: Readonly<Record<string, string>>;
  readonly devices?: readonly PciDevice[];
  /** Frame number of the first page of every BAR, where the user gave it; never recorded. */
  readonly pfn?: number;
  /** What was not recorded but concluded, in words for the report. */
  readonly inferred: readonly string[];
}

export interface Trace {
  /** Shown in reports: the name of the recording or file, without a folder. */
  readonly name: string;
  readonly facts: Facts;
  readonly events: Events;
}
