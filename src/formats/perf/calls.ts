/** Which call an entry tracepoint describes, and what its exit says about it. */

import { errnoName } from "../../trace/errno.ts";
import type { Call, CallBase } from "../../trace/event.ts";
import { errnoOf, type U64 } from "../../units.ts";

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** The call and its arguments, as far as the entry tells. */
export type Request = Without<Call, keyof CallBase>;

/** How the call went. */
export type End = Pick<CallBase, "outcome" | "result" | "error">;

interface Signature {
  /** Names of the fields in the order of the ABI's registers; `a|b` where kernels differ. */
  readonly fields: readonly string[];
  /** Undefined where the registers do not tell. */
  readonly request: (args: readonly U64[]) => Request | undefined;
}

/** Registers are 64 bits wide, an `int` is the lower half. */
function int32(value: U64): number {
  return Number(BigInt.asIntN(32, BigInt(value)));
}

const at = (args: readonly U64[], index: number): U64 => args[index] ?? 0;
/** Flags: of a register that no double holds exactly, the lower half, in which all flags are. */
const num = (args: readonly U64[], index: number): number => {
  const value = at(args, index);
  return typeof value === "number" ? value : Number(BigInt.asUintN(32, value));
};

const range = (call: "munmap" | "mlock" | "munlock"): Signature => ({
  fields: ["addr|start", "len"],
  request: (args) => ({ call, addr: at(args, 0), length: at(args, 1) }),
});

/** `unit`: bytes that the offset counts. */
const mmap = (unit: number): Signature => ({
  fields: ["addr", "len", "prot", "flags", "fd", "off|offset"],
  request: (args) => ({
    call: "mmap",
    addr: at(args, 0),
    length: at(args, 1),
    prot: num(args, 2),
    flags: num(args, 3),
    fd: int32(at(args, 4)),
    offset: unit === 1 ? at(args, 5) : num(args, 5) * unit,
  }),
});

const mprotect: Signature = {
  fields: ["start", "len", "prot"],
  request: (args) => ({
    call: "mprotect",
    addr: at(args, 0),
    length: at(args, 1),
    prot: num(args, 2),
  }),
};

const signatures: ReadonlyMap<string, Signature> = new Map<string, Signature>([
  ["mmap", mmap(1)],
  ["mmap2", mmap(4096)],
  // Its arguments are in memory, behind a pointer.
  ["old_mmap", { fields: [], request: () => undefined }],
  ["munmap", range("munmap")],
  ["mprotect", mprotect],
  [
    "pkey_mprotect",
    {
      fields: [...mprotect.fields, "pkey"],
      request: (args) => ({
        call: "mprotect",
        addr: at(args, 0),
        length: at(args, 1),
        prot: num(args, 2),
        pkey: int32(at(args, 3)),
      }),
    },
  ],
  [
    "mremap",
    {
      fields: ["addr", "old_len", "new_len", "flags", "new_addr"],
      request: (args) => ({
        call: "mremap",
        addr: at(args, 0),
        length: at(args, 1),
        newLength: at(args, 2),
        flags: num(args, 3),
        // Without FIXED and DONTUNMAP the register holds whatever the program left there.
        newAddr: num(args, 3) % 8 > 1 ? at(args, 4) : null,
      }),
    },
  ],
  ["brk", { fields: ["brk"], request: (args) => ({ call: "brk", addr: at(args, 0) }) }],
  [
    "madvise",
    {
      fields: ["start", "len_in|len", "behavior"],
      request: (args) => ({
        call: "madvise",
        addr: at(args, 0),
        length: at(args, 1),
        advice: int32(at(args, 2)),
      }),
    },
  ],
  [
    "shmat",
    {
      fields: ["shmid", "shmaddr", "shmflg"],
      request: (args) => ({
        call: "shmat",
        shmid: int32(at(args, 0)),
        addr: at(args, 1),
        flags: num(args, 2),
      }),
    },
  ],
  ["shmdt", { fields: ["shmaddr"], request: (args) => ({ call: "shmdt", addr: at(args, 0) }) }],
  [
    "remap_file_pages",
    {
      fields: ["start", "size", "prot", "pgoff", "flags"],
      request: (args) => ({
        call: "remap_file_pages",
        addr: at(args, 0),
        length: at(args, 1),
        prot: num(args, 2),
        pgoff: at(args, 3),
        flags: num(args, 4),
      }),
    },
  ],
  ["mlock", range("mlock")],
  ["munlock", range("munlock")],
  [
    "mseal",
    {
      fields: ["start", "len", "flags"],
      request: (args) => ({
        call: "mseal",
        addr: at(args, 0),
        length: at(args, 1),
        flags: num(args, 2),
      }),
    },
  ],
  [
    "mlock2",
    {
      fields: ["start", "len", "flags"],
      request: (args) => ({
        call: "mlock",
        addr: at(args, 0),
        length: at(args, 1),
        flags: num(args, 2),
      }),
    },
  ],
  [
    "mlockall",
    { fields: ["flags"], request: (args) => ({ call: "mlockall", flags: num(args, 0) }) },
  ],
  ["munlockall", { fields: [], request: () => ({ call: "munlockall" }) }],
  [
    "map_shadow_stack",
    {
      fields: ["addr", "size", "flags"],
      request: (args) => ({
        call: "map_shadow_stack",
        addr: at(args, 0),
        length: at(args, 1),
        flags: num(args, 2),
      }),
    },
  ],
  [
    "prctl",
    {
      fields: ["option", "arg2", "arg3", "arg4", "arg5"],
      // The name is behind the pointer.
      request: (args) => ({
        call: "set_vma_name",
        addr: at(args, 2),
        length: at(args, 3),
        label: null,
      }),
    },
  ],
]);

/** True for the calls that change or describe an address space, and for prctl, which mostly does other things. */
export function isMemoryCall(name: string): boolean {
  return signatures.has(name);
}

/** PR_SET_VMA, whose only attribute is PR_SET_VMA_ANON_NAME (prctl_set_vma in kernel/sys.c, since 5.17). */
const setVma = 0x53564d41;
const anonName = 0;

/** True for a prctl that has nothing to do with memory, by its first two arguments as far as they are told. */
export function isOtherCall(
  name: string,
  option: U64 | undefined,
  attribute: U64 | undefined,
): boolean {
  if (name !== "prctl") return false;
  return option === undefined || int32(option) !== setVma || (attribute ?? anonName) !== anonName;
}

const shmget = ["key", "size", "shmflg"];

/** The names that tracepoints give to the arguments of a memory call or shmget; `a|b` where kernels differ. */
export function fieldNames(name: string): readonly string[] {
  return name === "shmget" ? shmget : (signatures.get(name)?.fields ?? []);
}

/** Arguments by the order of the registers. */
export function requestOf(name: string, args: readonly U64[]): Request | undefined {
  const signature = signatures.get(name);
  return signature === undefined || args.length < signature.fields.length
    ? undefined
    : signature.request(args);
}

/** Arguments by name; undefined where one is missing, so that nothing is guessed. */
export function requestFrom(name: string, fields: ReadonlyMap<string, U64>): Request | undefined {
  const args: U64[] = [];
  for (const alternatives of signatures.get(name)?.fields ?? []) {
    const known = alternatives.split("|").find((field) => fields.has(field));
    const value = known === undefined ? undefined : fields.get(known);
    if (value === undefined) return undefined;
    args.push(value);
  }
  return requestOf(name, args);
}

/** Read a raw result: errors are -4095 to -1, except of brk, which returns the break it left. */
export function endOf(name: string, result: U64): End {
  const errno = name === "brk" ? undefined : errnoOf(result);
  return errno === undefined
    ? { outcome: "ok", result, error: null }
    : { outcome: "error", result: null, error: errnoName(errno) };
}
