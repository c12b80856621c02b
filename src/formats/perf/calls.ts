/** Which call an entry tracepoint describes, and what its exit says about it. */

import { errnoName } from "../../trace/errno.ts";
import type { CallBase } from "../../trace/event.ts";
import { errnoOf, type U64 } from "../../units.ts";
import { type Arguments, type Request, requestOf, unreadString } from "../request.ts";

/** How the call went. */
export type End = Pick<CallBase, "outcome" | "result" | "error">;

const mmap = ["addr", "len", "prot", "flags", "fd", "off|offset"];
const range = ["addr|start", "len"];
const protect = ["start", "len", "prot"];
const flagged = ["start", "len", "flags"];

/** The names of the arguments in the order of the ABI's registers; `a|b` where kernels differ. */
const argumentFields: ReadonlyMap<string, readonly string[]> = new Map([
  ["mmap", mmap],
  ["mmap2", mmap],
  // Its arguments are in memory, behind a pointer.
  ["old_mmap", []],
  ["munmap", range],
  ["mlock", range],
  ["munlock", range],
  ["mprotect", protect],
  ["pkey_mprotect", [...protect, "pkey"]],
  ["mremap", ["addr", "old_len", "new_len", "flags", "new_addr"]],
  ["brk", ["brk"]],
  ["madvise", ["start", "len_in|len", "behavior"]],
  ["shmat", ["shmid", "shmaddr", "shmflg"]],
  ["shmdt", ["shmaddr"]],
  ["remap_file_pages", ["start", "size", "prot", "pgoff", "flags"]],
  ["mseal", flagged],
  ["mlock2", flagged],
  ["mlockall", ["flags"]],
  ["munlockall", []],
  ["map_shadow_stack", ["addr", "size", "flags"]],
  ["mbind", ["start", "len", "mode", "nmask", "maxnode", "flags"]],
  ["io_setup", ["nr_events|nr_reqs", "ctxp"]],
  ["io_destroy", ["ctx"]],
  ["prctl", ["option", "arg2", "arg3", "arg4", "arg5"]],
]);

const shmget = ["key", "size", "shmflg"];

/** Registers are 64 bits wide, an `int` is the lower half. */
function int32(value: U64): number {
  return Number(BigInt.asIntN(32, BigInt(value)));
}

/** Arguments as registers held them. */
class Registers implements Arguments {
  readonly #values: readonly U64[];

  constructor(values: readonly U64[]) {
    this.#values = values;
  }

  get count(): number {
    return this.#values.length;
  }

  number(place: number): U64 {
    return this.#values[place] ?? 0;
  }

  length(place: number): U64 {
    return this.number(place);
  }

  int(place: number): number {
    return int32(this.number(place));
  }

  /** Of a register that no double holds exactly, the lower half, in which all flags are. */
  flags(place: number): number {
    const value = this.number(place);
    return typeof value === "number" ? value : Number(BigInt.asUintN(32, value));
  }

  choice(place: number): number {
    return this.int(place);
  }

  /** It is behind a pointer. */
  string(place: number): string | null {
    return unreadString(this.number(place));
  }
}

/** True for the calls that change or describe an address space, and for prctl, which mostly does other things. */
export function isMemoryCall(name: string): boolean {
  return argumentFields.has(name);
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

/** The names that tracepoints give to the arguments of a memory call or shmget; `a|b` where kernels differ. */
export function fieldNames(name: string): readonly string[] {
  return name === "shmget" ? shmget : (argumentFields.get(name) ?? []);
}

/** Bytes that the offset of mmap2 counts, whatever the size of a page (sys_mmap_pgoff). */
const mmap2Unit = 4096;

/** What a call asks for whose registers held these; undefined where they do not tell. */
export function requestIn(name: string, values: readonly U64[]): Request | undefined {
  if (name === "old_mmap" || values.length < fieldNames(name).length) return undefined;
  const registers = new Registers(values);
  const request = requestOf(name, registers);
  if (request?.call !== "mmap" || name !== "mmap2") return request;
  return { ...request, offset: registers.flags(5) * mmap2Unit };
}

/** Arguments by name; undefined where one is missing, so that nothing is guessed. */
export function requestFrom(name: string, fields: ReadonlyMap<string, U64>): Request | undefined {
  const values: U64[] = [];
  for (const alternatives of argumentFields.get(name) ?? []) {
    const known = alternatives.split("|").find((field) => fields.has(field));
    const value = known === undefined ? undefined : fields.get(known);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return requestIn(name, values);
}

/** Read a raw result: errors are -4095 to -1, except of brk, which returns the break it left. */
export function endOf(name: string, result: U64): End {
  const errno = name === "brk" ? undefined : errnoOf(result);
  return errno === undefined
    ? { outcome: "ok", result, error: null }
    : { outcome: "error", result: null, error: errnoName(errno) };
}
