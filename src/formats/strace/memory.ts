/** Which request the printed arguments of a memory call make. */

import {
  adviceValues,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  mlockallFlags,
  mlockFlags,
  mmapFlags,
  mremapFlags,
  protFlags,
  sealFlags,
  shadowStackFlags,
  shmFlags,
} from "../../trace/flags.ts";
import { hasBit } from "../../units.ts";
import type { Problem } from "../checks.ts";
import type { Request } from "../request.ts";
import { unquote } from "./escapes.ts";
import { Arguments } from "./printed-arguments.ts";

/** A request, its descriptor argument if it is printed with a path, and flag names that nobody knows. */
export interface Parsed {
  readonly request: Request;
  readonly fdText: string;
  readonly unknown: readonly string[];
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
const vmaNameNumber = "0x53564d41";

/** True if the first argument of prctl is about mappings. */
const namesVma = (args: Arguments): boolean =>
  args.text(0) === vmaName || args.text(0).startsWith(vmaNameNumber);

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
        flags: args.flags(2, sealFlags),
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

/** The request of an old mmap whose arguments the kernel could not read: strace prints only where they should be. */
export const unread: Request = {
  call: "mmap",
  addr: 0,
  length: 0,
  prot: 0,
  flags: 0,
  fd: -1,
  offset: 0,
};

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
  const { names, required = names.length } = signature;
  const args = new Arguments(text);
  if (signature === mmap) args.splitAroundPath(open + 1, close);
  else if (name === "prctl") args.splitStrings(open + 1);
  else args.split(open + 1, close);
  args.sort(names);
  if (signature === mmap && args.count === 0) return { request: unread, unknown: [], fdText: "" };
  if (name === "prctl" && !namesVma(args)) return undefined;
  if (args.count < required) {
    return { code: "parse/arguments", message: `${name} without all of its arguments` };
  }
  const request = signature.request(args);
  const { problem, unknown } = args;
  const fdText = signature === mmap ? args.text(4) : "";
  return problem ?? { request, unknown, fdText: fdText.includes("<") ? fdText : "" };
}
