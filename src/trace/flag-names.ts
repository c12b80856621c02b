/** Which names stand for the bits of prot, flags and advice in a text, and how they are read and printed. */

import { hasBit, parseU64 } from "../units.ts";
import {
  CLONE_FILES,
  CLONE_THREAD,
  CLONE_VFORK,
  CLONE_VM,
  hugeShiftOf,
  hugeSizes,
  hugeUnit,
  MADV_COLLAPSE,
  MADV_DOFORK,
  MADV_DONTFORK,
  MADV_HUGEPAGE,
  MADV_KEEPONFORK,
  MADV_NOHUGEPAGE,
  MADV_WIPEONFORK,
  MAP_32BIT,
  MAP_ABOVE4G,
  MAP_ANONYMOUS,
  MAP_DROPPABLE,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_GROWSDOWN,
  MAP_HUGETLB,
  MAP_LOCKED,
  MAP_NONBLOCK,
  MAP_NORESERVE,
  MAP_POPULATE,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_SHARED_VALIDATE,
  MAP_STACK,
  MAP_SYNC,
  MAP_TYPE,
  MCL_CURRENT,
  MCL_FUTURE,
  MCL_ONFAULT,
  MLOCK_ONFAULT,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  orBits,
  PROT_EXEC,
  PROT_GROWSDOWN,
  PROT_GROWSUP,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
  SHM_EXEC,
  SHM_RDONLY,
  SHM_REMAP,
  SHM_RND,
} from "./flags.ts";

/** The names of one argument; `bits` may be combined, a `values` name stands alone. */
export interface FlagTable {
  readonly names: ReadonlyMap<string, number>;
  /** Bits that form one number, whose names are in `names` too. */
  readonly type?: number;
  /** Understands and prints `30<<MAP_HUGE_SHIFT`. */
  readonly hugeShift?: true;
}

/** Flags as text gave them; `unknown` names have no bits. */
export interface Flags {
  readonly bits: number;
  readonly unknown: readonly string[];
}

const table = (names: Readonly<Record<string, number>>): FlagTable => ({
  names: new Map(Object.entries(names)),
});

/** 0x10 is BTI on arm64, SAO on powerpc and ADI on sparc; it prints as the first. */
export const protFlags: FlagTable = table({
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
  PROT_EXEC,
  PROT_SEM: 8,
  PROT_BTI: 0x10,
  PROT_SAO: 0x10,
  PROT_ADI: 0x10,
  PROT_MTE: 0x20,
  PROT_GROWSDOWN,
  PROT_GROWSUP,
});

export const mmapFlags: FlagTable = {
  ...table({
    MAP_FILE: 0,
    MAP_SHARED,
    MAP_PRIVATE,
    MAP_SHARED_VALIDATE,
    MAP_DROPPABLE,
    MAP_FIXED,
    MAP_ANONYMOUS,
    MAP_ANON: MAP_ANONYMOUS,
    MAP_32BIT,
    MAP_ABOVE4G,
    MAP_GROWSDOWN,
    MAP_DENYWRITE: 0x800,
    MAP_EXECUTABLE: 0x1000,
    MAP_LOCKED,
    MAP_NORESERVE,
    MAP_POPULATE,
    MAP_NONBLOCK,
    MAP_STACK,
    MAP_HUGETLB,
    MAP_SYNC,
    MAP_FIXED_NOREPLACE,
    MAP_UNINITIALIZED: hugeUnit,
  }),
  type: MAP_TYPE,
  hugeShift: true,
};

export const mremapFlags: FlagTable = table({ MREMAP_MAYMOVE, MREMAP_FIXED, MREMAP_DONTUNMAP });
export const shmFlags: FlagTable = table({ SHM_RDONLY, SHM_RND, SHM_REMAP, SHM_EXEC });
export const mlockFlags: FlagTable = table({ MLOCK_ONFAULT });
/** Linux 7.3 knows none yet. */
export const sealFlags: FlagTable = table({});
export const mlockallFlags: FlagTable = table({ MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT });
export const shadowStackFlags: FlagTable = table({
  SHADOW_STACK_SET_TOKEN: 1,
  SHADOW_STACK_SET_MARKER: 2,
});

export const cloneFlags: FlagTable = table({
  CLONE_NEWTIME: 0x80,
  CLONE_VM,
  CLONE_FS: 0x200,
  CLONE_FILES,
  CLONE_SIGHAND: 0x800,
  CLONE_PIDFD: 0x1000,
  CLONE_PTRACE: 0x2000,
  CLONE_VFORK,
  CLONE_PARENT: 0x8000,
  CLONE_THREAD,
  CLONE_NEWNS: 0x2_0000,
  CLONE_SYSVSEM: 0x4_0000,
  CLONE_SETTLS: 0x8_0000,
  CLONE_PARENT_SETTID: 0x10_0000,
  CLONE_CHILD_CLEARTID: 0x20_0000,
  CLONE_DETACHED: 0x40_0000,
  CLONE_UNTRACED: 0x80_0000,
  CLONE_CHILD_SETTID: 0x100_0000,
  CLONE_STOPPED: 0x200_0000,
  CLONE_NEWCGROUP: 0x200_0000,
  CLONE_NEWUTS: 0x400_0000,
  CLONE_NEWIPC: 0x800_0000,
  CLONE_NEWUSER: 0x1000_0000,
  CLONE_NEWPID: 0x2000_0000,
  CLONE_NEWNET: 0x4000_0000,
  CLONE_IO: 0x8000_0000,
  CLONE_CLEAR_SIGHAND: 0x1_0000_0000,
  CLONE_INTO_CGROUP: 0x2_0000_0000,
});

/** madvise advice: one number, `parseFlags` reads it too. */
export const adviceValues: FlagTable = table({
  MADV_NORMAL: 0,
  MADV_RANDOM: 1,
  MADV_SEQUENTIAL: 2,
  MADV_WILLNEED: 3,
  MADV_DONTNEED: 4,
  MADV_FREE: 8,
  MADV_REMOVE: 9,
  MADV_DONTFORK,
  MADV_DOFORK,
  MADV_MERGEABLE: 12,
  MADV_UNMERGEABLE: 13,
  MADV_HUGEPAGE,
  MADV_NOHUGEPAGE,
  MADV_DONTDUMP: 16,
  MADV_DODUMP: 17,
  MADV_WIPEONFORK,
  MADV_KEEPONFORK,
  MADV_COLD: 20,
  MADV_PAGEOUT: 21,
  MADV_POPULATE_READ: 22,
  MADV_POPULATE_WRITE: 23,
  MADV_DONTNEED_LOCKED: 24,
  MADV_COLLAPSE,
  MADV_HWPOISON: 100,
  MADV_SOFT_OFFLINE: 101,
  MADV_GUARD_INSTALL: 102,
  MADV_GUARD_REMOVE: 103,
});

function tokenBits(flags: FlagTable, token: string): number | undefined {
  const named = flags.names.get(token);
  if (named !== undefined) return named;
  if (flags.hugeShift && token.endsWith("<<MAP_HUGE_SHIFT")) {
    const shift = parseU64(token.slice(0, token.indexOf("<")));
    return typeof shift === "number" && shift < hugeSizes ? shift * hugeUnit : undefined;
  }
  const value = /^0[0-7]+$/.test(token) ? Number.parseInt(token, 8) : parseU64(token);
  return typeof value === "number" ? value : undefined;
}

/** `0x2b /* 0xb /* MAP_??? *\/|MAP_ANONYMOUS *\/`: comments may hold comments. */
function withoutComments(text: string): string {
  if (!text.includes("/*")) return text;
  let depth = 0;
  let bare = "";
  for (const part of text.split(/(\/\*|\*\/)/)) {
    if (part === "/*") depth += 1;
    else if (part === "*/") depth = Math.max(0, depth - 1);
    else if (depth === 0) bare += part;
  }
  return bare;
}

/**
 * Read `A|B|0x40|21<<MAP_HUGE_SHIFT`, a bare number, or a number with its names in a comment. Undefined if a token is
 * neither a number below 2^53 nor a name; a name that no table has is listed in `unknown`.
 */
export function parseFlags(flags: FlagTable, text: string): Flags | undefined {
  let bits = 0;
  const unknown: string[] = [];
  for (const part of withoutComments(text).split("|")) {
    const token = part.trim();
    const value = tokenBits(flags, token);
    if (value !== undefined) bits = orBits(bits, value);
    else if (/^[A-Z][A-Z0-9_]*$/.test(token)) unknown.push(token);
    else return undefined;
  }
  return { bits, unknown };
}

/** The names of the bits, sorted; what has no name is printed as hexadecimal, one bit each. */
export function flagNames(flags: FlagTable, bits: number): string[] {
  const names: string[] = [];
  let rest = bits;
  if (flags.type !== undefined) {
    const type = rest % (flags.type + 1);
    rest -= type;
    if (type !== 0) names.push(valueName(flags, type));
  }
  const shift = flags.hugeShift ? hugeShiftOf(rest) : 0;
  if (shift !== 0) {
    names.push(`${shift}<<MAP_HUGE_SHIFT`);
    rest -= shift * hugeUnit;
  }
  for (let bit = 1; rest > 0; bit *= 2) {
    if (!hasBit(rest, bit)) continue;
    names.push(valueName(flags, bit));
    rest -= bit;
  }
  return names.sort();
}

/** The name of one value (advice, one bit), or its hexadecimal number. */
export function valueName(flags: FlagTable, value: number): string {
  for (const [name, known] of flags.names) if (known === value) return name;
  return `0x${value.toString(16)}`;
}
