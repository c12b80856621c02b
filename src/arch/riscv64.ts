/** What riscv64 maps and where its limits lie since 6.12, with three, four and five levels of page tables. */

import { alignUp } from "../units.ts";
import { genericLayout } from "./generic-layout.ts";
import type { Arch, Level } from "./types.ts";

const pageBytes = 4096;

/** TASK_UNMAPPED_BASE is a third of the Sv39 space whatever the mode. */
const unmappedBase = alignUp(2 ** 39 / 3, pageBytes);

/** Svnapot is for hugetlb only (6.5); huge PFN maps came by 7.2. */
const levels: readonly Level[] = [
  { name: "4K", pages: 1, kind: "base", since: {} },
  { name: "64K", pages: 16, kind: "cont-pte", since: { hugetlb: "6.5" } },
  { name: "2M", pages: 512, kind: "pmd", since: { folio: "0", pfnmap: "7.2", hugetlb: "0" } },
  { name: "1G", pages: 512 * 512, kind: "pud", since: { pfnmap: "7.2", hugetlb: "0" } },
];

/** The stack stays within 47 bits, the bottom-up search does not: a hint changes no limit. */
function riscv64(mode: string, bits: number): Arch {
  return {
    id: `riscv64-${mode}`,
    summary: `riscv64 with ${bits}-bit user addresses`,
    pageBytes,
    levels,
    pmd: 512,
    entry: "generic",
    mmapRndBits: 18,
    layout: (options) => {
      const taskSize = 2 ** (options.taskSizeBits ?? bits);
      const stackTop = Math.min(taskSize, 2 ** 47);
      return genericLayout(options, {
        pageBytes,
        taskSize,
        window: taskSize,
        stackTop,
        unmappedBase,
      });
    },
  };
}

export const riscv64Sv39: Arch = riscv64("sv39", 38);
export const riscv64Sv48: Arch = riscv64("sv48", 47);
export const riscv64Sv57: Arch = riscv64("sv57", 56);
