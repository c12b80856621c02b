/** What an architecture is: page sizes, limits and layout as data, and one call of its entry point as rows of searches. */

/** One size that a leaf entry can have. */
export interface Level {
  /** `4K`, `64K`, `2M`, `32M`, `1G`: the name in reports. */
  readonly name: string;
  /** Base pages that one entry maps. */
  readonly pages: number;
  /** `base` is the page itself; `cont-*` are contiguous groups of entries that one TLB entry can hold. */
  readonly kind: "base" | "cont-pte" | "pmd" | "cont-pmd" | "pud";
  /** By what it maps, the first series in which Linux does so; absent: not as of 7.3. Of the base page nobody asks. */
  readonly since: Readonly<Partial<Record<LevelUse, string>>>;
}

/** What a leaf entry larger than a page maps: folios (anonymous, shmem, page cache), device memory by its PFN, or hugetlb. */
export type LevelUse = "folio" | "pfnmap" | "hugetlb";

export interface Arch {
  readonly id: string;
  readonly summary: string;
  /** Bytes of a base page. */
  readonly pageBytes: number;
  /** Smallest first, the base page included. */
  readonly levels: readonly Level[];
  /** Base pages of a PMD entry. */
  readonly pmd: number;
  /** 32-bit tasks of a 64-bit kernel: no THP padding (4ef9ad19e176), MAP_32BIT and MAP_ABOVE4G have no meaning. */
  readonly compat?: true;
  /** What 32-bit tasks of the same kernel have, where it is modelled. */
  readonly compatArch?: Arch;
  /** Which kernel function answers: `x86` arch_get_unmapped_area_topdown of arch/x86, `generic` that of mm/mmap.c. */
  readonly entry: "x86" | "generic";
  /** Random bits of mmap_base by default (vm.mmap_rnd_bits). */
  readonly mmapRndBits: number;
  /** The mm's numbers, for one process. */
  layout(options: LayoutOptions): Layout;
}

/** What decides a layout at exec; absent means the kernel's default. */
export interface LayoutOptions {
  /** Bytes; null is unlimited. Default 8 MiB. */
  readonly stackLimit?: number | null;
  /** Random pages taken off mmap_base; 0 without randomisation. */
  readonly random: number;
  readonly aslr: boolean;
  readonly legacy?: boolean;
  /** Bytes in force. */
  readonly mmapMinAddr?: number;
  /** Pages; default 256. */
  readonly stackGuardGap?: number;
  /** log2 of the user address space reachable with a hint, where it is not the default of the architecture. */
  readonly taskSizeBits?: number;
  /** A 32-bit task of x86 that is held to 3 GiB (ADDR_LIMIT_3GB). */
  readonly below3GiB?: boolean;
}

/** The limits of one address space; pages. */
export interface Layout {
  readonly taskSize: number;
  /** The default window W: hints above it reach the rest of the task size. riscv: the task size, no hint changes a limit. */
  readonly window: number;
  readonly mmapBase: number;
  /** x86: where its bottom-up search starts. Generic: TASK_UNMAPPED_BASE, never randomised. */
  readonly bottomUpBase: number;
  readonly topDown: boolean;
  /** mmap_min_addr in force. */
  readonly minPage: number;
}

/** How the address that a search found becomes the answer; pages. */
export interface Finish {
  readonly kind: "up" | "above" | "cross" | "test" | "shift";
  /** Block size minus one. */
  readonly mask: number;
  readonly offset: number;
}

/** One call of the architecture's entry point; pages. */
export interface Attempt {
  /** Default: the request's. The hint is tested with this length too. */
  readonly pages?: number;
  readonly alignMask?: number;
  readonly alignOffset?: number;
  /** The mask is not added to the length: the first gap that holds the aligned range will do. No kernel has it. */
  readonly exact?: true;
  readonly finish?: Finish;
  /** What a search finds is taken only if the VMA merges with a neighbour there; else it is held. One attempt of a list. */
  readonly merge?: true;
  /** `down`: no bottom-up retry; `hint`: no search at all, the hint is taken or not. */
  readonly only?: "down" | "hint";
  /** `up`: rounded up to the huge page first; `skip`: not tested in this attempt. Default `keep`. */
  readonly hint?: "keep" | "up" | "skip";
  /** 6.1 and 6.12 hugetlb: a fallback window of its own, MAP_32BIT ignored. */
  readonly entry?: "arch" | "hugetlb-old";
  /** The kernel passes no file: printed offset 0, no colour. */
  readonly file?: false;
  /** Room below the result (shadow stack, or a mask of the form S - 1). */
  readonly startGap?: number;
}

/** One row of the `searches` table, with what the tracepoint prints beside it; pages. */
export interface Row {
  readonly kind: "down" | "up" | "at" | "claim" | "exactDown" | "exactUp";
  readonly attempt: number;
  readonly pages: number;
  readonly lowLimit: number;
  readonly highLimit: number;
  readonly alignMask: number;
  readonly alignOffset: number;
  readonly startGap: number;
  /** `down` rounds the hint of an `at` row down. */
  readonly finish: "take" | "up" | "above" | "cross" | "test" | "down" | "shift";
  readonly finishMask: number;
  readonly finishOffset: number;
  readonly hintWall: number;
  /** What the event prints as `lo`, before the clamp to mmap_min_addr. */
  readonly printedLow: number;
  /** What the event prints as `ofs`. */
  readonly printedOffset: number;
  /** A page is accepted only where the VMA merges: the table is cut here, since only VMAs know. */
  readonly merge?: true;
}

/** What lowering needs to know of the request beside the attempt. */
export interface EntryRequest {
  readonly pages: number;
  readonly pgoff: number;
  readonly hint: boolean;
  readonly low32: boolean;
  readonly above4g: boolean;
  readonly startGap: number;
  /** Base pages of a huge page, of hugetlb. */
  readonly huge?: number;
  /** The low limit that MAP_32BIT drew, where the recording shows it; pages. */
  readonly low32Base?: number;
}

/** What the entry point itself does differently from version to version. */
export interface EntryProfile {
  /** The search clamps its low limit to mmap_min_addr (6.12 and later). */
  readonly clampsMin: boolean;
  /** MAP_ABOVE4G exists (6.6 and later). */
  readonly above4g: boolean;
  /** Generic 6.1: a hugetlb hint that wraps to 0 is used as an address. */
  readonly hugetlbHintWraps: boolean;
}
