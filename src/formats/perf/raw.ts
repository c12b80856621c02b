/** Which call a system call number means, for recordings of `raw_syscalls`. */

import { alignDown, errnoOf, type U64 } from "../../units.ts";
import type { Pending } from "./tasks.ts";

const x86: readonly (readonly [number, string])[] = [
  [9, "mmap"],
  [10, "mprotect"],
  [11, "munmap"],
  [12, "brk"],
  [25, "mremap"],
  [28, "madvise"],
  [29, "shmget"],
  [30, "shmat"],
  [56, "clone"],
  [57, "fork"],
  [58, "vfork"],
  [59, "execve"],
  [60, "exit"],
  [67, "shmdt"],
  [149, "mlock"],
  [150, "munlock"],
  [151, "mlockall"],
  [152, "munlockall"],
  [157, "prctl"],
  [206, "io_setup"],
  [207, "io_destroy"],
  [216, "remap_file_pages"],
  [231, "exit_group"],
  [237, "mbind"],
  [322, "execveat"],
  [325, "mlock2"],
  [329, "pkey_mprotect"],
  [435, "clone3"],
  [453, "map_shadow_stack"],
  [462, "mseal"],
];

/** Of 32-bit programs (arch/x86/entry/syscalls/syscall_32.tbl). */
const i386: readonly (readonly [number, string])[] = [
  [1, "exit"],
  [2, "fork"],
  [11, "execve"],
  [45, "brk"],
  [90, "old_mmap"],
  [91, "munmap"],
  [117, "ipc"],
  [120, "clone"],
  [125, "mprotect"],
  [150, "mlock"],
  [151, "munlock"],
  [152, "mlockall"],
  [153, "munlockall"],
  [163, "mremap"],
  [172, "prctl"],
  [190, "vfork"],
  [192, "mmap2"],
  [219, "madvise"],
  [245, "io_setup"],
  [246, "io_destroy"],
  [252, "exit_group"],
  [257, "remap_file_pages"],
  [274, "mbind"],
  [358, "execveat"],
  [376, "mlock2"],
  [380, "pkey_mprotect"],
  [395, "shmget"],
  [397, "shmat"],
  [398, "shmdt"],
  [435, "clone3"],
  [462, "mseal"],
];

const generic: readonly (readonly [number, string])[] = [
  [0, "io_setup"],
  [1, "io_destroy"],
  [93, "exit"],
  [94, "exit_group"],
  [167, "prctl"],
  [194, "shmget"],
  [196, "shmat"],
  [197, "shmdt"],
  [214, "brk"],
  [215, "munmap"],
  [216, "mremap"],
  [220, "clone"],
  [221, "execve"],
  [222, "mmap"],
  [226, "mprotect"],
  [228, "mlock"],
  [229, "munlock"],
  [230, "mlockall"],
  [231, "munlockall"],
  [233, "madvise"],
  [234, "remap_file_pages"],
  [235, "mbind"],
  [281, "execveat"],
  [284, "mlock2"],
  [288, "pkey_mprotect"],
  [435, "clone3"],
  [453, "map_shadow_stack"],
  [462, "mseal"],
];

/** mmap2 of i386; of x86-64 it is lgetxattr, whose second and third arguments are pointers. */
const mmap2 = 192;
/** Its results may be any number. */
const lseek = 8;

/**
 * True if only a 32-bit task on x86-64 can have made this call (`args`) or got this result: mmap2 with the rights and
 * the kind of a mapping, or an error of 32 bits.
 */
export function isOfI386(number: number, args: readonly U64[] | undefined, result: U64): boolean {
  const wide = 2 ** 32;
  if (args === undefined) return number !== lseek && result >= wide - 4095 && result < wide;
  if (number !== mmap2 || args.length < 6 || args.some((arg) => arg >= wide)) return false;
  const [, length = 0, prot = 0, flags = 0] = args;
  const kind = Number(flags) % 16;
  return length > 0 && prot < 16 && kind > 0 && kind < 4;
}

const tables: ReadonlyMap<string, ReadonlyMap<number, string>> = new Map([
  ["x86-64", new Map(x86)],
  ["i386", new Map(i386)],
  ["arm64", new Map(generic)],
  ["riscv64", new Map(generic)],
]);

/** The name of a call by its number, of the calls that matter here. */
export function callName(arch: string, number: number): string | undefined {
  return tables.get(arch)?.get(number);
}

/** A call as its own system call would show it. */
interface RawCall {
  readonly call: string;
  readonly args: readonly U64[];
  /** Undefined if only the program was told it. */
  readonly result: U64 | undefined;
}

const shmat = 21;
const shmdt = 22;
const shmget = 23;

/** The call that `ipc` begins with these arguments (ipc/syscall.c, ksys_ipc). */
function begunBy([what = 0, id = 0, flags = 0, third = 0, address = 0]: readonly U64[]):
  | RawCall
  | undefined {
  const number = Number(what) % 65_536;
  if (number === shmget) return { call: "shmget", args: [id, flags, third], result: 0 };
  if (number === shmat) return { call: "shmat", args: [id, address, flags], result: 0 };
  return number === shmdt ? { call: "shmdt", args: [address], result: 0 } : undefined;
}

/**
 * The call of a line, by its name: with arguments where it begins, without where it ends. Shared memory of 32-bit
 * programs goes through `ipc`, which writes the address of an attachment to memory: it is what the search found, or what
 * was asked for.
 */
export function rawCall(
  call: string | undefined,
  args: readonly U64[] | undefined,
  result: U64,
  pending: Pending | undefined,
  getting: boolean,
): RawCall | undefined {
  if (call !== "ipc") return call === undefined ? undefined : { call, args: args ?? [], result };
  if (args !== undefined) return begunBy(args);
  if (getting) return { call: "shmget", args: [], result };
  if (pending?.name === "shmdt") return { call: "shmdt", args: [], result };
  if (pending?.request.call !== "shmat") return undefined;
  const asked = alignDown(Number(pending.request.addr), 4096);
  const placed = pending.searches.at(-1)?.result ?? (asked === 0 ? undefined : asked);
  return { call: "shmat", args: [], result: errnoOf(result) === undefined ? placed : result };
}
