/** What x86-64 with 4 KiB pages maps and where its limits lie, with four and with five levels of page tables. */

import { alignUp } from "../units.ts";
import { defaultGuardGap, defaultStackLimit, mmapBase } from "./layout.ts";
import type { Arch, Layout, LayoutOptions, Level } from "./types.ts";

const pageBytes = 4096;

/** DEFAULT_MAP_WINDOW: 47 bits less a guard page. */
const window = 2 ** 47 - pageBytes;

/** mmap_min_addr in force where nothing is said: as Debian builds it. */
const defaultMinAddr = 65536;

/** Pages of stack randomisation, __maximum_stack_offset of a 64-bit task. */
const stackRandomPages = 0x3fffff;

/** Huge PFN maps: 6.12, PUD entries among them (ARCH_SUPPORTS_PUD_PFNMAP). */
const levels: readonly Level[] = [
  { name: "4K", pages: 1, kind: "base", since: {} },
  { name: "2M", pages: 512, kind: "pmd", since: { folio: "0", pfnmap: "6.12", hugetlb: "0" } },
  { name: "1G", pages: 512 * 512, kind: "pud", since: { pfnmap: "6.12", hugetlb: "0" } },
];

/** What a task's bitness changes in its layout; bytes, pages. */
interface Bitness {
  readonly window: number;
  readonly randomStackPages: number;
  /** TASK_SIZE. */
  readonly taskSize: number;
}

/** arch_pick_mmap_layout() of arch/x86/mm/mmap.c: an unlimited stack stays top-down, the legacy layout takes the bottom-up base. */
function layout(options: LayoutOptions, { window, randomStackPages, taskSize }: Bitness): Layout {
  const { stackLimit = defaultStackLimit, stackGuardGap = defaultGuardGap } = options;
  const pad = (stackGuardGap + (options.aslr ? randomStackPages : 0)) * pageBytes;
  const random = options.random * pageBytes;
  const bottomUp = alignUp(window / 3, pageBytes) + random;
  const top = mmapBase({ top: window, pageBytes, stackLimit, pad, random });
  const topDown = options.legacy !== true;
  return {
    taskSize: taskSize / pageBytes,
    window: window / pageBytes,
    mmapBase: (topDown ? top : bottomUp) / pageBytes,
    bottomUpBase: bottomUp / pageBytes,
    topDown,
    minPage: Math.ceil((options.mmapMinAddr ?? defaultMinAddr) / pageBytes),
  };
}

const layout64 = (options: LayoutOptions, defaultBits: number): Layout => {
  const taskSize = 2 ** (options.taskSizeBits ?? defaultBits) - pageBytes;
  return layout(options, { window, randomStackPages: stackRandomPages, taskSize });
};

/** IA32_PAGE_OFFSET: 4 GiB less two pages; stacks move by 8 MiB at most, mmap_base by 8 bits. */
const compatBitness: Bitness = {
  window: 0xffffe000,
  randomStackPages: 0x7ff,
  taskSize: 0xffffe000,
};

/** The same under ADDR_LIMIT_3GB. */
const bitness3GiB: Bitness = { ...compatBitness, window: 0xc0000000, taskSize: 0xc0000000 };

const common = {
  pageBytes,
  levels,
  pmd: 512,
  entry: "x86",
  mmapRndBits: 28,
} as const;

export const i386: Arch = {
  ...common,
  id: "i386",
  summary: "32-bit tasks on an x86-64 kernel, 4 GiB",
  mmapRndBits: 8,
  compat: true,
  layout: (options) => layout(options, options.below3GiB === true ? bitness3GiB : compatBitness),
};

export const x86_64: Arch = {
  ...common,
  id: "x86-64",
  summary: "x86-64 with four levels, 47-bit user addresses",
  compatArch: i386,
  layout: (options) => layout64(options, 47),
};

export const x86_64La57: Arch = {
  ...common,
  id: "x86-64-la57",
  summary: "x86-64 with five levels, 56-bit user addresses for hints above 47 bits",
  compatArch: i386,
  layout: (options) => layout64(options, 56),
};
