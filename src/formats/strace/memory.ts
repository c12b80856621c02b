/** Which request the printed arguments of a memory call make. */

import type { U64 } from "../../units.ts";
import type { Problem } from "../checks.ts";
import { type Request, requestOf } from "../request.ts";
import { ringRequest } from "../rings.ts";
import { numberAt } from "./number.ts";
import { PrintedArguments } from "./printed-arguments.ts";
import { readWatch } from "./watches.ts";

/** A request, its descriptor argument if it is printed with a path, and flag names that nobody knows. */
export interface Parsed {
  readonly request: Request;
  readonly fdText: string;
  readonly unknown: readonly string[];
  /** Where io_setup has put its ring: the call itself returns 0. */
  readonly ring?: U64;
}

const mmap = ["addr", "length", "prot", "flags", "fd", "offset"];
const range = ["addr", "length"];
const protect = [...range, "prot"];
const lock = [...range, "flags"];

/** The names that `strace -N` prints before the arguments; a call needs all of them, but for the last of mremap. */
const argumentNames: ReadonlyMap<string, readonly string[]> = new Map([
  ["mmap", mmap],
  ["mmap2", mmap],
  ["old_mmap", mmap],
  ["munmap", range],
  ["mlock", range],
  ["munlock", range],
  ["mprotect", protect],
  ["pkey_mprotect", [...protect, "pkey"]],
  ["mremap", ["old_address", "old_size", "new_size", "flags", "new_address"]],
  ["brk", ["addr"]],
  ["madvise", [...range, "advice"]],
  ["shmat", ["shmid", "shmaddr", "shmflg"]],
  ["shmdt", ["shmaddr"]],
  ["remap_file_pages", ["addr", "size", "prot", "pgoff", "flags"]],
  ["mlock2", lock],
  ["mseal", lock],
  ["mlockall", ["flags"]],
  ["munlockall", []],
  ["map_shadow_stack", ["addr", "size", "flags"]],
  ["mbind", ["addr", "len", "mode", "nodemask", "maxnode", "flags"]],
  ["io_setup", ["nr_events", "ctxp"]],
  ["io_destroy", ["ctx_id"]],
  ["prctl", ["op", "attr", "addr", "size", "name"]],
]);

const vmaName = "PR_SET_VMA";
const vmaNameNumber = "0x53564d41";

/** True if the first argument of prctl is about mappings. */
const namesVma = (args: PrintedArguments): boolean =>
  args.text(0) === vmaName || args.text(0).startsWith(vmaNameNumber);

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

/** io_setup that succeeded: `io_setup(128, [0x7ff5de3e7000])`; without the context it has mapped nothing that is known. */
function readRing(args: PrintedArguments): Parsed | Problem | undefined {
  const context = args.text(1);
  const ring = context.startsWith("[") ? numberAt(context, 1, context.length - 1) : undefined;
  if (ring === undefined) return undefined;
  const request = ringRequest(args.number(0, "number of events"));
  return args.problem ?? { request, ring, unknown: [], fdText: "" };
}

/** `mbind(0x7f5bc59ee000, 40960, MPOL_BIND, [0x00000000000001], 64, 0)`. */
function readPolicy(args: PrintedArguments): Parsed | Problem {
  const mode = args.text(2);
  const isDefault = /^(?:MPOL_DEFAULT|0(?:x0)?)\b/.test(mode);
  const policy = isDefault ? null : `${mode} ${args.text(3)}`;
  const request: Request = { call: "mbind", addr: args.number(0), length: args.length(1), policy };
  return args.problem ?? { request, unknown: [], fdText: "" };
}

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
  if (name === "ioctl") return readWatch(text);
  const names = argumentNames.get(name);
  if (names === undefined) return undefined;
  const maps = names === mmap;
  const args = new PrintedArguments(text);
  if (maps) args.splitAroundPath(open + 1, close);
  else if (name === "prctl" || name === "mbind") args.splitStrings(open + 1);
  else args.split(open + 1, close);
  args.sort(names);
  if (maps && args.count === 0) return { request: unread, unknown: [], fdText: "" };
  if (name === "prctl" && !namesVma(args)) return undefined;
  if (args.count < (name === "mremap" ? names.length - 1 : names.length)) {
    return { code: "parse/arguments", message: `${name} without all of its arguments` };
  }
  if (name === "io_setup") return readRing(args);
  if (name === "mbind") return readPolicy(args);
  const request = requestOf(name, args);
  if (request === undefined) return undefined;
  const { problem, unknown } = args;
  const fdText = maps ? args.text(4) : "";
  return problem ?? { request, unknown, fdText: fdText.includes("<") ? fdText : "" };
}
