/** Which call the kernel would have refused because the process has too many VMAs. */

import type { Profile } from "../policies/types.ts";
import type { Op } from "../resolve/program.ts";

export interface MapCountLimit {
  /** Index of the op, and its line in the recording. */
  readonly op: number;
  readonly line: number;
  /** VMAs of the space at that moment. */
  readonly count: number;
  readonly limit: number;
}

/** DEFAULT_MAX_MAP_COUNT. */
export const defaultMaxMapCount = 65_530;

/** Below the limit by more than this, no call fails. */
export const remapRoom = 4;

/** mremap needs room for more VMAs before it starts: move_vma() in 6.1 and 6.12, check_prep_vma() later. */
function overForRemap(count: number, limit: number, profile: Profile): boolean {
  return profile.failedRemapUnmaps ? count >= limit - 3 : count + 4 > limit;
}

/**
 * True if the call fails with ENOMEM for vm.max_map_count: mmap and brk above the limit (do_mmap), mremap near it,
 * and at the limit a split (`after` VMAs are more than `before`).
 */
export function overLimit(
  op: Op,
  before: number,
  after: number,
  limit: number,
  profile: Profile,
): boolean {
  switch (op.kind) {
    case "map":
    case "fix":
      return op.source === undefined ? before > limit : overForRemap(before, limit, profile);
    case "release":
    case "protect":
    case "advise":
      return before >= limit && after > before;
    default:
      return false;
  }
}
