/** Which bits of prot, flags and advice mean what. */

import { hasBit } from "../units.ts";

export const PROT_NONE = 0;
export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const PROT_EXEC = 4;
export const PROT_GROWSDOWN = 0x0100_0000;
export const PROT_GROWSUP = 0x0200_0000;

/** The low four bits of mmap's flags are one number, not four flags. */
export const MAP_TYPE = 0xf;
export const MAP_SHARED = 1;
export const MAP_PRIVATE = 2;
export const MAP_SHARED_VALIDATE = 3;
export const MAP_DROPPABLE = 8;
export const MAP_FIXED = 0x10;
export const MAP_ANONYMOUS = 0x20;
export const MAP_32BIT = 0x40;
export const MAP_ABOVE4G = 0x80;
export const MAP_GROWSDOWN = 0x100;
export const MAP_LOCKED = 0x2000;
export const MAP_NORESERVE = 0x4000;
export const MAP_POPULATE = 0x8000;
export const MAP_NONBLOCK = 0x1_0000;
export const MAP_STACK = 0x2_0000;
export const MAP_HUGETLB = 0x4_0000;
export const MAP_SYNC = 0x8_0000;
export const MAP_FIXED_NOREPLACE = 0x10_0000;

/** 2^26: the six bits from here give the shift of a huge page, with MAP_HUGETLB only. */
export const hugeUnit = 0x400_0000;
export const hugeSizes = 64;

export const MREMAP_MAYMOVE = 1;
export const MREMAP_FIXED = 2;
export const MREMAP_DONTUNMAP = 4;

export const SHM_RDONLY = 0o10000;
/** Of shmget. */
export const SHM_HUGETLB = 0o4000;
export const SHM_RND = 0o20000;
export const SHM_REMAP = 0o40000;
export const SHM_EXEC = 0o100000;

export const CLONE_VM = 0x100;
export const CLONE_FILES = 0x400;
export const CLONE_VFORK = 0x4000;
export const CLONE_THREAD = 0x1_0000;

export const MADV_DONTFORK = 10;
export const MADV_DOFORK = 11;
export const MADV_HUGEPAGE = 14;
export const MADV_NOHUGEPAGE = 15;
export const MADV_WIPEONFORK = 18;
export const MADV_KEEPONFORK = 19;
export const MADV_COLLAPSE = 25;

export const MLOCK_ONFAULT = 1;
export const MCL_CURRENT = 1;
export const MCL_FUTURE = 2;
export const MCL_ONFAULT = 4;
/** No flag of mmap: the kernel locks what is mapped page by page as it comes, after mlockall(MCL_FUTURE | MCL_ONFAULT). */
export const LOCKED_ON_FAULT = 0x200000;

/** `a | b` for bits below 2^53. */
export function orBits(a: number, b: number): number {
  let result = a;
  for (let bit = 1; bit <= b; bit *= 2) {
    if (hasBit(b, bit) && !hasBit(a, bit)) result += bit;
  }
  return result;
}

/** The shift of the huge page size in mmap's flags, 0 where none is given. */
export function hugeShiftOf(flags: number): number {
  return hasBit(flags, MAP_HUGETLB) ? Math.floor(flags / hugeUnit) % hugeSizes : 0;
}

/** Bytes of the huge page that flags of memfd_create or shmget name, at the same bits as mmap's; undefined for the default. */
export function hugePageOf(flags: number): number | undefined {
  const shift = Math.floor(flags / hugeUnit) % hugeSizes;
  return shift === 0 ? undefined : 2 ** shift;
}

/**
 * MAP_POPULATE and MAP_LOCKED: the pages come before mmap returns (do_mmap), but not where they are locked as they come
 * (populate_vma_page_range).
 */
export const bringsPages = (flags: number): boolean =>
  !hasBit(flags, LOCKED_ON_FAULT) &&
  ((hasBit(flags, MAP_POPULATE) && !hasBit(flags, MAP_NONBLOCK)) || hasBit(flags, MAP_LOCKED));

/** True if mremap takes a new address: with other flags the register holds whatever the program left there. */
export function hasNewAddr(flags: number): boolean {
  return hasBit(flags, MREMAP_FIXED) || hasBit(flags, MREMAP_DONTUNMAP);
}
