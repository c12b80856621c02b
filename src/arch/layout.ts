/** Where mmap_base lies below the stack: the arithmetic that all architectures share; bytes. */

import { alignUp } from "../units.ts";

const mib = 2 ** 20;

export interface BaseOptions {
  /** Top of the stack. */
  readonly top: number;
  readonly pageBytes: number;
  /** Null is unlimited. */
  readonly stackLimit: number | null;
  /** Room for the stack's own randomisation and its guard gap. */
  readonly pad: number;
  readonly random: number;
}

/** RLIMIT_STACK where nothing is said. */
export const defaultStackLimit: number = 8 * mib;

/** `stack_guard_gap` where nothing is said; pages, whatever their size. */
export const defaultGuardGap = 256;

/** mmap_base() of arch/x86/mm/mmap.c and mm/util.c: the stack's limit below its top, at least 128 MiB, at most 5/6. */
export function mmapBase({ top, pageBytes, stackLimit, pad, random }: BaseOptions): number {
  const most = Math.floor(top / 6) * 5;
  const wanted = stackLimit === null ? most : stackLimit + pad;
  const gap = Math.min(Math.max(wanted, 128 * mib), most);
  return alignUp(top - gap - random, pageBytes);
}
