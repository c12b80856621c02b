/** The three shapes of which every policy is made: a padded search, an aligned search, the plain one. */

import type { Arch, Attempt, LevelUse } from "../arch/types.ts";
import { alignUp, modulo } from "../units.ts";
import type { Request, Target } from "./types.ts";

/** What a policy returns: attempts in order, falsy entries dropped. */
export type Attempts = readonly (Attempt | false | undefined)[];

/** The architecture's own answer. */
export const plain: Attempt = {};

/** True if [offset, offset + pages) holds a whole block of `size`; pages. */
export function fits(size: number, offset: number, pages: number): boolean {
  return alignUp(offset, size) + size <= offset + pages;
}

/**
 * __thp_get_unmapped_area(): search for a block more than needed, then go up to the next page congruent to `offset`;
 * `above`: also from a page that is congruent already (96204e15310c). The hint is tested with the padded length.
 */
export function pad(pages: number, size: number, offset: number, above: boolean): Attempt | false {
  if (!fits(size, offset, pages)) return false;
  return {
    pages: pages + size,
    finish: { kind: above ? "above" : "up", mask: size - 1, offset },
  };
}

/** One top-down search with a mask, as vm_unmapped_area() offers it. */
export function align(size: number, offset: number): Attempt {
  return { alignMask: size - 1, alignOffset: offset, only: "down" };
}

/** Leaf sizes that some kernel maps for a use, largest first; pages. */
function sizesFor(use: LevelUse, { arch }: Target): readonly number[] {
  return arch.levels
    .filter(({ since }) => since[use] !== undefined)
    .map(({ pages }) => pages)
    .reverse();
}

/** Leaf sizes for device memory, largest first. */
export const pfnSizes = (target: Target): readonly number[] => sizesFor("pfnmap", target);

/** The same with every contiguous group, whether or not Linux maps device memory with it. */
export function pfnAndContiguousSizes(target: Target): readonly number[] {
  const own = pfnSizes(target);
  return target.arch.levels
    .filter(({ kind, pages }) => own.includes(pages) || kind === "cont-pte" || kind === "cont-pmd")
    .map(({ pages }) => pages)
    .reverse();
}

/** Leaf sizes for folios, largest first. */
export const folioSizes = (target: Target): readonly number[] => sizesFor("folio", target);

/** Bytes of one vfio-pci region in the device's file offsets (VFIO_PCI_OFFSET_SHIFT). */
const vfioRegionBytes = 2 ** 40;

/** Where in its region a vfio-pci mapping begins; pages. */
export function vfioRegion({ pgoff }: Request, arch: Arch): { index: number; offset: number } {
  const region = vfioRegionBytes / arch.pageBytes;
  const index = Math.floor(pgoff / region);
  return { index, offset: pgoff - index * region };
}

/** The least power of two that is not below a count. */
export function powerAbove(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}

/** The largest power of two that divides a count. */
export function lowestBit(count: number): number {
  let bit = 1;
  while (modulo(count, bit * 2) === 0) bit *= 2;
  return bit;
}
