/** Where the limits of an mm lie on architectures that use mm/util.c: arm64 and riscv. */

import { defaultGuardGap, defaultStackLimit, mmapBase } from "./layout.ts";
import type { Layout, LayoutOptions } from "./types.ts";

/** mmap_min_addr in force where nothing is said: CONFIG_LSM_MMAP_MIN_ADDR as Debian builds it, more than the sysctl says. */
const defaultMinAddr = 32768;

/** Bytes. */
export interface GenericLimits {
  readonly pageBytes: number;
  readonly taskSize: number;
  readonly window: number;
  readonly stackTop: number;
  /** TASK_UNMAPPED_BASE. */
  readonly unmappedBase: number;
}

/** STACK_RND_MASK: 1 GiB, in pages of any size. */
const stackRandomPages = (pageBytes: number): number => Math.floor(0x3ffff / (pageBytes / 4096));

/** arch_pick_mmap_layout() of mm/util.c: an unlimited stack selects the legacy layout, bottom-up from a random base. */
export function genericLayout(options: LayoutOptions, limits: GenericLimits): Layout {
  const { pageBytes, stackTop } = limits;
  const { stackLimit = defaultStackLimit, stackGuardGap = defaultGuardGap } = options;
  const pad = (stackGuardGap + (options.aslr ? stackRandomPages(pageBytes) : 0)) * pageBytes;
  const random = options.random * pageBytes;
  const topDown = options.legacy !== true && stackLimit !== null;
  const base = topDown
    ? mmapBase({ top: stackTop, pageBytes, stackLimit, pad, random })
    : limits.unmappedBase + random;
  return {
    taskSize: limits.taskSize / pageBytes,
    window: limits.window / pageBytes,
    mmapBase: base / pageBytes,
    bottomUpBase: limits.unmappedBase / pageBytes,
    topDown,
    minPage: Math.ceil((options.mmapMinAddr ?? defaultMinAddr) / pageBytes),
  };
}
