/** What a policy is: a request in, an ordered list of attempts out; it never sees the address space. */

import type { Arch, Attempt, EntryProfile } from "../arch/types.ts";

/** What stands behind the request; the same words as `FileKind`, and the two kinds without a file. */
export type RequestKind =
  | "anon"
  | "shared-anon"
  | "zero"
  | "regular"
  | "shmem"
  | "hugetlb"
  | "vfio"
  | "device"
  | "devdax"
  | "drm"
  | "bpf-arena"
  | "bpf-map"
  | "io-uring"
  | "socket"
  | "unknown";

/** The call with its file and device facts, and no address; pages. */
export interface Request {
  readonly kind: RequestKind;
  readonly pages: number;
  readonly pgoff: number;
  /** `ext4`, `overlay` ... of kind `regular`. */
  readonly filesystem?: string;
  /** shmem: the `huge=` option of the mount, or `internal`. */
  readonly mountHuge?: "never" | "always" | "within_size" | "advise" | "internal";
  /** hugetlb: pages of a huge page. */
  readonly huge?: number;
  /** vfio and devices: page frame number of the first page, where the driver could tell. */
  readonly pfn?: number;
  /** vfio: pages of the BAR. */
  readonly barPages?: number;
  /** devdax: pages of the region's alignment. */
  readonly align?: number;
  /** A hint is given and survives the rules of do_mmap (one below a page is none). */
  readonly hint: boolean;
  readonly low32: boolean;
  readonly above4g: boolean;
  /** Pages of room below (1 for a shadow stack). */
  readonly startGap: number;
  /** mremap places it, not mmap. */
  readonly remap: boolean;
}

/** The machine that the policy works for; pages. */
export interface Target {
  readonly arch: Arch;
  readonly topDown: boolean;
  readonly shmemEnabled: string;
  /** Per-size shmem_enabled, by pages of the size. */
  readonly shmemSizes: ReadonlyMap<number, string>;
  /** mTHP `enabled`, by pages of the size; absent where nothing is known. */
  readonly thpSizes?: ReadonlyMap<number, string>;
}

/** What a kernel release does differently beside its searches. */
export interface Profile extends EntryProfile {
  /** `6.1`, `6.12` ... */
  readonly series: string;
  /** thp_get_unmapped_area rounds a congruent top-down answer up by a block (96204e15310c, 6.8). */
  readonly roundsAbove: boolean;
  /** Guard-type VMAs include shadow stacks (6.6 and later). */
  readonly shadowStackGuard: boolean;
  /** mremap FIXED may move several VMAs at once (6.17). */
  readonly remapManyVmas: boolean;
  /** A mremap FIXED that fails with EFAULT has already unmapped target and tail (6.1, 6.12). */
  readonly failedRemapUnmaps: boolean;
  /** A fork leaves out the rings of io_setup (7.2; on 6.18 they are copied). */
  readonly ringsStay: boolean;
  /** vdso is placed by an unhinted mmap (6.12 and later on x86). */
  readonly vdsoUnhinted: boolean;
  /** A private file mapping also needs contiguous anonymous offsets to merge (7.3). */
  readonly mergesAnonOffset: boolean;
  /** A VMA whose file has a close operation never merges (6.1). */
  readonly closeNeverMerges: boolean;
  /** Huge PFN maps exist (6.12 and later). */
  readonly hugePfnmap: boolean;
  /** They do not ask whether THP is enabled (e384abeb559d, also in 6.12.117). */
  readonly pfnmapIgnoresThp?: boolean;
  /** Largest folio by filesystem in bytes, before the page size's own cap of min(11, PMD order); absent is one page. */
  readonly folioBytes: Readonly<Record<string, number>>;
}

/** A commit that sets a release apart from the policy before it. */
export interface Difference {
  /** Short hash, or the release that first had it. */
  readonly commit: string;
  readonly title: string;
  /** Id of the policy without it. */
  readonly previous: string;
}

/** A setting of a policy, written `id:name=value`. */
export interface Parameter<T = unknown> {
  readonly summary: string;
  readonly fallback: string;
  /** What may stand after the equals sign, for help and errors. */
  readonly expects: string;
  /** Undefined if the text is no value. */
  read(text: string): T | undefined;
}

/** What a program reserves in place of a mapping, to map over its aligned part and cut the rest off; pages. */
export interface Reserve {
  /** Private memory without access that it asks for. */
  readonly pages: number;
  /** The mapping goes to the first page from `offset` on that is congruent to `offset` modulo this power of two. */
  readonly align: number;
  readonly offset: number;
  /** Left without access above the mapping. */
  readonly guard: number;
}

export interface Policy {
  readonly id: string;
  readonly summary: string;
  /** The kernel function that it models or would change. */
  readonly kernel: string;
  /** The commit or message that it comes from. */
  readonly source: string;
  /** Rules around the searches. A proposal takes those of the release it was made against. */
  readonly profile: Profile;
  readonly differsBy?: readonly Difference[];
  readonly parameters?: Readonly<Record<string, Parameter>>;
  /** The same policy with other settings, named after them; throws `usage/policy-parameter`. */
  configure?(settings: Readonly<Record<string, string>>): Policy;
  /** Attempts in order; falsy entries are dropped, the first that fits and is accepted wins. */
  searches(request: Request, target: Target): readonly (Attempt | false | undefined)[];
  /** A trick of userspace: what programs reserve for a mapping without a hint; undefined where they just map it. */
  reserves?(request: Request, arch: Arch): Reserve | undefined;
}
