/** Which upstream commits changed where mappings go. */

import type { Difference } from "./types.ts";

type Commit = Omit<Difference, "previous">;

export const anonAlignedFirst: Commit = {
  commit: "f35b5d7d676e",
  title: "mm: align larger anonymous mappings on THP boundaries",
};

export const anonAligned: Commit = {
  commit: "efa7df3e3bb5",
  title: "mm: align larger anonymous mappings on THP boundaries",
};

export const topDownKept: Commit = {
  commit: "96204e15310c",
  title: "mm: thp_get_unmapped_area must honour topdown preference",
};

export const filesAligned: Commit = {
  commit: "ed48e87c7df3",
  title: "thp: add thp_get_unmapped_area_vmflags()",
};

export const multiplesOnly: Commit = {
  commit: "d4148aeab412",
  title: "mm, mmap: limit THP alignment of anonymous mappings to PMD-aligned sizes",
};

export const hintsKept: Commit = {
  commit: "249608ee4713",
  title: "mm: respect mmap hint address when aligning for THP",
};

export const filesPlain: Commit = {
  commit: "34d7cf637c43",
  title: "mm: don't try THP alignment for FS without get_unmapped_area",
};

export const hugetlbOrdinary: Commit = {
  commit: "7bd3f1e1a9ae",
  title: "mm: make hugetlb mappings go through mm_get_unmapped_area_vmflags",
};

export const hugetlbFunctionsGone: Commit = {
  commit: "cc92882ee218",
  title: "mm: drop hugetlb_get_unmapped_area{_*} functions",
};

export const zeroAligned: Commit = {
  commit: "v6.18",
  title: "/dev/zero: try to align PMD_SIZE for private mapping",
};

export const drmAligned: Commit = {
  commit: "99bda20d6d4c",
  title: "drm/gem: Introduce drm_gem_get_unmapped_area() fop",
};

export const anonOffsetsCompared: Commit = {
  commit: "v7.3",
  title:
    "private file mappings merge only with contiguous anonymous page offsets; compare https://lkml.iu.edu/hypermail/linux/kernel/2606.3/09131.html",
};

/** The commits that set a policy apart from `previous`. */
export function since(previous: string, commits: readonly Commit[]): readonly Difference[] {
  return commits.map((commit) => ({ ...commit, previous }));
}
