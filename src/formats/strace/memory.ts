/** Which request the printed arguments of a memory call make. */

import type { Call, CallBase } from "../../trace/event.ts";
import {
  adviceValues,
  type Flags,
  type FlagTable,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  mlockallFlags,
  mlockFlags,
  mmapFlags,
  mremapFlags,
  parseFlags,
  protFlags,
  shadowStackFlags,
  shmFlags,
} from "../../trace/flags.ts";
import { hasBit, type U64 } from "../../units.ts";
import { inOrder, intOf, numberOf, splitArgs, splitMmap, splitPlain } from "./args.ts";
import { unquote } from "./quoted.ts";

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A call and its arguments, without how it went. */
export type Request = Without<Call, keyof CallBase>;

/** Why the arguments make no request: a code and a message for the warning. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** A request, the text of its descriptor argument, and flag names that nobody knows. */
export interface Parsed {
  readonly request: Request;
  readonly fdText?: string;
  readonly unknown: readonly string[];
}

const cacheLimit = 1000;

/** Parsed flags by their text: programs repeat a handful of combinations. */
const caches = new Map<FlagTable, Map<string, Flags>>();

function cachedFlags(table: FlagTable, text: string): Flags | undefined {
  const cache = caches.get(table) ?? new Map<string, Flags>();
  const known = cache.get(text);
  if (known !== undefined) return known;
  const flags = parseFlags(table, text);
  if (flags !== undefined && cache.size < cacheLimit) caches.set(table, cache.set(text, flags));
  return flags;
}

/** Takes arguments by position; the first that makes no sense is the problem. */
class Arguments {
  readonly #args: readonly string[];
  problem: Problem | undefined;
  unknown: readonly string[] = [];

  constructor(args: readonly string[]) {
    this.#args = args;
  }

  get count(): number {
    return this.#args.length;
  }

  text(index: number): string {
    return this.#args[index] ?? "";
  }

  #fail(code: string, what: string, index: number): 0 {
    this.problem ??= { code, message: `${what} "${this.text(index)}" cannot be read` };
    return 0;
  }

  number(index: number, what = "address"): U64 {
    const code = what === "length" ? "parse/bad-length" : "parse/bad-number";
    return numberOf(this.#args[index]) ?? this.#fail(code, what, index);
  }

  length(index: number): U64 {
    return this.number(index, "length");
  }

  int(index: number): number {
    return intOf(this.text(index)) ?? this.#fail("parse/bad-number", "number", index);
  }

  flags(index: number, table: FlagTable): number {
    const flags = cachedFlags(table, this.text(index));
    if (flags === undefined) return this.#fail("parse/bad-flags", "flags", index);
    if (flags.unknown.length > 0) this.unknown = [...this.unknown, ...flags.unknown];
    return flags.bits;
  }
}

interface Signature {
  /** Names that `strace -N` prints. */
  readonly names: readonly string[];
  /** Arguments that must be there; defaults to all. */
  readonly required?: number;
  readonly request: (args: Arguments) => Request;
}

const range = (call: "munmap" | "mlock" | "munlock"): Signature => ({
  names: ["addr", "length"],
  request: (args) => ({ call, addr: args.number(0), length: args.length(1) }),
});

const mmap: Signature = {
  names: ["addr", "length", "prot", "flags", "fd", "offset"],
  request: (args) => ({
    call: "mmap",
    addr: args.number(0),
    length: args.length(1),
    prot: args.flags(2, protFlags),
    flags: args.flags(3, mmapFlags),
    fd: args.int(4),
    offset: args.number(5, "offset"),
  }),
};

function mremapRequest(args: Arguments): Request {
  const flags = args.flags(3, mremapFlags);
  // Without FIXED and DONTUNMAP the register holds whatever the program left there.
  const placed = hasBit(flags, MREMAP_FIXED) || hasBit(flags, MREMAP_DONTUNMAP);
  return {
    call: "mremap",
    addr: args.number(0),
    length: args.length(1),
    newLength: args.length(2),
    flags,
    newAddr: placed && args.count > 4 ? args.number(4) : null,
  };
}

const protect: Signature = {
  names: ["addr", "length", "prot"],
  request: (args) => ({
    call: "mprotect",
    addr: args.number(0),
    length: args.length(1),
    prot: args.flags(2, protFlags),
  }),
};

const vmaName = "PR_SET_VMA";
const vmaNameNumber = 0x53564d41;

/** True if the first two arguments of prctl name an anonymous mapping. */
const namesVma = (args: readonly string[]): boolean =>
  args[0] === vmaName || (args[0] !== undefined && intOf(args[0]) === vmaNameNumber);

const signatures: ReadonlyMap<string, Signature> = new Map<string, Signature>([
  ["mmap", mmap],
  ["mmap2", mmap],
  ["old_mmap", mmap],
  ["munmap", range("munmap")],
  ["mlock", range("mlock")],
  ["munlock", range("munlock")],
  ["mprotect", protect],
  [
    "pkey_mprotect",
    {
      names: [...protect.names, "pkey"],
      request: (args) => ({
        call: "mprotect",
        addr: args.number(0),
        length: args.length(1),
        prot: args.flags(2, protFlags),
        pkey: args.int(3),
      }),
    },
  ],
  [
    "mremap",
    {
      names: ["old_address", "old_size", "new_size", "flags", "new_address"],
      required: 4,
      request: mremapRequest,
    },
  ],
  ["brk", { names: ["addr"], request: (args) => ({ call: "brk", addr: args.number(0) }) }],
  [
    "madvise",
    {
      names: ["addr", "length", "advice"],
      request: (args) => ({
        call: "madvise",
        addr: args.number(0),
        length: args.length(1),
        advice: args.flags(2, adviceValues),
      }),
    },
  ],
  [
    "shmat",
    {
      names: ["shmid", "shmaddr", "shmflg"],
      request: (args) => ({
        call: "shmat",
        shmid: args.int(0),
        addr: args.number(1),
        flags: args.flags(2, shmFlags),
      }),
    },
  ],
  ["shmdt", { names: ["shmaddr"], request: (args) => ({ call: "shmdt", addr: args.number(0) }) }],
  [
    "remap_file_pages",
    {
      names: ["addr", "size", "prot", "pgoff", "flags"],
      request: (args) => ({
        call: "remap_file_pages",
        addr: args.number(0),
        length: args.length(1),
        prot: args.flags(2, protFlags),
        pgoff: args.number(3, "page offset"),
        flags: args.flags(4, mmapFlags),
      }),
    },
  ],
  [
    "mlock2",
    {
      names: ["addr", "length", "flags"],
      request: (args) => ({
        call: "mlock",
        addr: args.number(0),
        length: args.length(1),
        flags: args.flags(2, mlockFlags),
      }),
    },
  ],
  [
    "mseal",
    {
      names: ["addr", "length", "flags"],
      request: (args) => ({
        call: "mseal",
        addr: args.number(0),
        length: args.length(1),
        flags: Number(args.number(2, "flags")),
      }),
    },
  ],
  [
    "mlockall",
    {
      names: ["flags"],
      request: (args) => ({ call: "mlockall", flags: args.flags(0, mlockallFlags) }),
    },
  ],
  ["munlockall", { names: [], request: () => ({ call: "munlockall" }) }],
  [
    "map_shadow_stack",
    {
      names: ["addr", "size", "flags"],
      request: (args) => ({
        call: "map_shadow_stack",
        addr: args.number(0),
        length: args.length(1),
        flags: args.flags(2, shadowStackFlags),
      }),
    },
  ],
  [
    "prctl",
    {
      names: ["op", "attr", "addr", "size", "name"],
      request: (args) => ({
        call: "set_vma_name",
        addr: args.number(2),
        length: args.length(3),
        label: args.text(4).startsWith('"') ? unquote(args.text(4)) : null,
      }),
    },
  ],
]);

/**
 * Read the arguments of `text` between the parentheses at `open` and `close`. Undefined for a call that has nothing to
 * do with memory after all (most of prctl).
 */
export function readRequest(
  name: string,
  text: string,
  open: number,
  close: number,
): Parsed | Problem | undefined {
  const signature = signatures.get(name);
  if (signature === undefined) return undefined;
  let list: readonly string[] | undefined;
  if (signature === mmap) list = splitMmap(text, open + 1, close);
  else if (name === "prctl") list = splitArgs(text, open + 1).args;
  else list = splitPlain(text, open + 1, close);
  const ordered = list === undefined ? undefined : inOrder(list, signature.names);
  if (name === "prctl" && (ordered === undefined || !namesVma(ordered))) return undefined;
  const required = signature.required ?? signature.names.length;
  if (ordered === undefined || ordered.length < required) {
    return { code: "parse/arguments", message: `${name} without all of its arguments` };
  }
  const args = new Arguments(ordered);
  const request = signature.request(args);
  if (args.problem !== undefined) return args.problem;
  const { unknown } = args;
  return signature === mmap ? { request, unknown, fdText: args.text(4) } : { request, unknown };
}
