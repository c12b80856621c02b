/** What one kernel release does to VMAs differently from the next. */

import type { Profile } from "../policies/types.ts";
import type { Area } from "../resolve/program.ts";

/**
 * When private writable memory counts as written, which a recording of calls does not tell: never, or after mmap and
 * the madvise that follows it, before any other call at that place (it decides which anon_vma a VMA has).
 */
export type Touch = "at-once" | "never";

/** Which rules that not all later releases share have decided anything so far. */
export interface Met {
  /** Two VMAs were one or two by their offsets in anonymous memory alone. */
  anonOffsets: boolean;
  /** mremap left its source. */
  keptSources: boolean;
}

export interface VmaRules {
  readonly touch: Touch;
  /** MAP_STACK sets the flag of MADV_NOHUGEPAGE (mmap.h calc_vm_flag_bits, 6.7). */
  readonly stackNoHugepage: boolean;
  /** mprotect takes the commit charge off unwritten anonymous memory (mprotect_fixup, 6.6). */
  readonly protectUncharges: boolean;
  /** mmap between two VMAs that it could join, but not both, joins the upper (mmap_region until 6.11). */
  readonly mapsMergeUpward: boolean;
  readonly mergesAnonOffset: boolean;
  readonly met: Met;
  /** Written memory that changes joins a VMA that was not written (879bca0a2c4f, 6.16). */
  readonly mergesIntoUnwritten: boolean;
  readonly closeNeverMerges: boolean;
  /** What mremap copies may join its source where that stays (MREMAP_DONTUNMAP): on 6.18 it does, on 7.2 no more. */
  readonly joinsKeptSources: boolean;
  /**
   * arm64 allows memory tags in what brk and exec map (VM_DATA_DEFAULT_FLAGS), in anonymous memory of mmap only on a CPU
   * that has them: two kinds that do not merge.
   */
  readonly marksData: boolean;
  /** Before huge PFN maps vfio_pci_core_mmap() put the frame number in vm_pgoff; where the device is known. */
  readonly vfioPgoff?: (area: Area) => number | undefined;
}

/** `6.12` as 6012, so that series compare as numbers. */
export function seriesNumber(series: string): number {
  const [major, minor] = series.split(".");
  return Number(major) * 1000 + Number(minor ?? 0);
}

export function vmaRules(
  profile: Pick<Profile, "series" | "mergesAnonOffset" | "closeNeverMerges" | "hugePfnmap">,
  touch: Touch,
  {
    pfnOf,
    marksData = false,
  }: {
    readonly pfnOf?: (area: Area) => number | undefined;
    readonly marksData?: boolean;
  } = {},
): VmaRules {
  const series = seriesNumber(profile.series);
  return {
    touch,
    stackNoHugepage: series >= 6007,
    protectUncharges: series >= 6006,
    mapsMergeUpward: series < 6012,
    mergesAnonOffset: profile.mergesAnonOffset,
    met: { anonOffsets: false, keptSources: false },
    mergesIntoUnwritten: series >= 6016,
    closeNeverMerges: profile.closeNeverMerges,
    joinsKeptSources: series < 7002,
    marksData,
    ...(pfnOf !== undefined && !profile.hugePfnmap && { vfioPgoff: pfnOf }),
  };
}

/** Whether two VMAs that agree in all else may merge; `goOn` if their offsets in anonymous memory do. */
export function anonOffsetsMerge({ mergesAnonOffset, met }: VmaRules, goOn: boolean): boolean {
  if (goOn) return true;
  met.anonOffsets = true;
  return !mergesAnonOffset;
}
