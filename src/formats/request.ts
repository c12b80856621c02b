/** What a call asks for, and which of its arguments says so. */

import type { Call, CallBase } from "../trace/event.ts";
import {
  adviceValues,
  type FlagTable,
  mlockallFlags,
  mlockFlags,
  mmapFlags,
  mremapFlags,
  protFlags,
  sealFlags,
  shadowStackFlags,
  shmFlags,
} from "../trace/flag-names.ts";
import { hasNewAddr } from "../trace/flags.ts";
import { hex, type U64 } from "../units.ts";
import { ringRequest } from "./rings.ts";

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A call and its arguments, without how it went. */
export type Request = Without<Call, keyof CallBase>;

/** The arguments of one call by their place from 0 on, as a recorder printed them or as registers held them. */
export interface Arguments {
  readonly count: number;
  /** An address, or another whole number; `what` it is called in a warning. */
  number(place: number, what?: string): U64;
  /** Bytes. */
  length(place: number): U64;
  /** A 32-bit signed number. */
  int(place: number): number;
  /** Bits that may be combined. */
  flags(place: number, table: FlagTable): number;
  /** One of the numbers of the table. */
  choice(place: number, table: FlagTable): number;
  /** A string, or what stands for an unread one; null where there is none. */
  string(place: number): string | null;
}

/**
 * What stands for a string of which only the address is known, so that equal ones stay equal: `[0x474012]`, which is no
 * name that the kernel takes (is_valid_name_char in kernel/sys.c); null for a null pointer.
 */
export function unreadString(pointer: U64): string | null {
  return pointer === 0 ? null : `[${hex(pointer)}]`;
}

type Make = (args: Arguments) => Request;

const range =
  (call: "munmap" | "mlock" | "munlock"): Make =>
  (args) => ({ call, addr: args.number(0), length: args.length(1) });

const mmap: Make = (args) => ({
  call: "mmap",
  addr: args.number(0),
  length: args.length(1),
  prot: args.flags(2, protFlags),
  flags: args.flags(3, mmapFlags),
  fd: args.int(4),
  offset: args.number(5, "offset"),
});

const mremap: Make = (args) => {
  const flags = args.flags(3, mremapFlags);
  return {
    call: "mremap",
    addr: args.number(0),
    length: args.length(1),
    newLength: args.length(2),
    flags,
    newAddr: hasNewAddr(flags) && args.count > 4 ? args.number(4) : null,
  };
};

const makes: ReadonlyMap<string, Make> = new Map<string, Make>([
  ["mmap", mmap],
  ["mmap2", mmap],
  ["old_mmap", mmap],
  ["munmap", range("munmap")],
  ["mlock", range("mlock")],
  ["munlock", range("munlock")],
  [
    "mprotect",
    (args) => ({
      call: "mprotect",
      addr: args.number(0),
      length: args.length(1),
      prot: args.flags(2, protFlags),
    }),
  ],
  [
    "pkey_mprotect",
    (args) => ({
      call: "mprotect",
      addr: args.number(0),
      length: args.length(1),
      prot: args.flags(2, protFlags),
      pkey: args.int(3),
    }),
  ],
  ["mremap", mremap],
  ["brk", (args) => ({ call: "brk", addr: args.number(0) })],
  [
    "madvise",
    (args) => ({
      call: "madvise",
      addr: args.number(0),
      length: args.length(1),
      advice: args.choice(2, adviceValues),
    }),
  ],
  [
    "shmat",
    (args) => ({
      call: "shmat",
      shmid: args.int(0),
      addr: args.number(1),
      flags: args.flags(2, shmFlags),
    }),
  ],
  ["shmdt", (args) => ({ call: "shmdt", addr: args.number(0) })],
  [
    "remap_file_pages",
    (args) => ({
      call: "remap_file_pages",
      addr: args.number(0),
      length: args.length(1),
      prot: args.flags(2, protFlags),
      pgoff: args.number(3, "page offset"),
      flags: args.flags(4, mmapFlags),
    }),
  ],
  [
    "mlock2",
    (args) => ({
      call: "mlock",
      addr: args.number(0),
      length: args.length(1),
      flags: args.flags(2, mlockFlags),
    }),
  ],
  [
    "mseal",
    (args) => ({
      call: "mseal",
      addr: args.number(0),
      length: args.length(1),
      flags: args.flags(2, sealFlags),
    }),
  ],
  ["mlockall", (args) => ({ call: "mlockall", flags: args.flags(0, mlockallFlags) })],
  ["munlockall", () => ({ call: "munlockall" })],
  [
    "map_shadow_stack",
    (args) => ({
      call: "map_shadow_stack",
      addr: args.number(0),
      length: args.length(1),
      flags: args.flags(2, shadowStackFlags),
    }),
  ],
  [
    "mbind",
    (args) => ({
      call: "mbind",
      addr: args.number(0),
      length: args.length(1),
      policy: args.number(2) === 0 ? null : `${args.number(2)} ${unreadString(args.number(3))}`,
    }),
  ],
  ["io_setup", (args) => ringRequest(args.number(0))],
  // How long the ring is, its io_setup has told.
  ["io_destroy", (args) => ({ call: "munmap", addr: args.number(0), length: 0 })],
  [
    "prctl",
    (args) => ({
      call: "set_vma_name",
      addr: args.number(2),
      length: args.length(3),
      label: args.string(4),
    }),
  ],
]);

/**
 * What a call of this name, as recorders print it, asks for; undefined if it has nothing to do with memory. Of prctl that
 * holds for PR_SET_VMA only. Offsets of mmap2 are in the unit of its argument.
 */
export function requestOf(name: string, args: Arguments): Request | undefined {
  return makes.get(name)?.(args);
}
