/** Which system calls matter here: recognised by their bytes, so that the lines of all others never become text. */

import { bytesOf } from "../text/scan.ts";
import { handleCalls } from "./handles.ts";

/** What a line of this call is read for. */
export type Role =
  | "memory" // changes the address space
  | "clone"
  | "exec"
  | "exit"
  | "file" // makes or closes a descriptor
  | "segment" // shmget
  | "word-size" // only 32-bit programs make it
  | "image" // reads the head of a program (machine.ts)
  | "identity"; // returns the number of the task

export interface Known {
  /** As strace prints it. */
  readonly name: string;
  readonly role: Role;
  /** Only some calls of this name matter, which `selective-calls.ts` tells. */
  readonly isSelective: boolean;
}

const roles: Readonly<Record<Exclude<Role, "image">, string>> = {
  memory:
    "mmap mmap2 old_mmap munmap mremap brk mprotect pkey_mprotect madvise shmat shmdt remap_file_pages " +
    "mlock mlock2 munlock mlockall munlockall mseal map_shadow_stack prctl io_setup io_destroy mbind",
  clone: "clone clone3 fork vfork",
  exec: "execve execveat",
  exit: "exit _exit exit_group",
  file:
    "open openat openat2 creat close close_range dup dup2 dup3 fcntl fcntl64 memfd_create memfd_secret " +
    `io_uring_setup perf_event_open socket accept accept4 bpf ioctl ${handleCalls}`,
  segment: "shmget",
  "word-size": "set_thread_area fstat64 ugetrlimit _llseek",
  identity: "set_tid_address gettid",
};

/**
 * Numbers of calls for strace that has no name for them: from 403 on all architectures share them
 * (asm-generic/unistd.h), the others are those of x86-64, i386 and arm64, which no strace knows under another name.
 */
const numbered: Readonly<Record<number, readonly [Role, string]>> = {
  9: ["memory", "mmap"],
  10: ["memory", "mprotect"],
  11: ["memory", "munmap"],
  12: ["memory", "brk"],
  25: ["memory", "mremap"],
  28: ["memory", "madvise"],
  30: ["memory", "shmat"],
  67: ["memory", "shmdt"],
  284: ["memory", "mlock2"],
  288: ["memory", "pkey_mprotect"],
  325: ["memory", "mlock2"],
  329: ["memory", "pkey_mprotect"],
  376: ["memory", "mlock2"],
  380: ["memory", "pkey_mprotect"],
  428: ["file", "open_tree"],
  434: ["file", "pidfd_open"],
  435: ["clone", "clone3"],
  436: ["file", "close_range"],
  437: ["file", "openat2"],
  438: ["file", "pidfd_getfd"],
  453: ["memory", "map_shadow_stack"],
  462: ["memory", "mseal"],
};

/** Programs make millions of these, of which a few have to do with descriptors. */
const selective: ReadonlySet<string> = new Set([
  "ioctl",
  "fcntl",
  "fcntl64",
  "recvmsg",
  "recvmmsg",
]);

const known: readonly Known[] = Object.entries(roles).flatMap(([role, names]) =>
  names.split(" ").map((name) => ({
    name,
    role: role as Role,
    isSelective: selective.has(name),
  })),
);

/** The call behind `syscall_435`, `syscall_0x1b3` or `SYS_435`, by its real name. */
function numberedCall(text: string): Known | undefined {
  const digits = /^(?:syscall_|SYS_)(0x[0-9a-f]+|[0-9]+)$/.exec(text)?.[1];
  const found = digits === undefined ? undefined : numbered[Number(digits)];
  return found === undefined ? undefined : { name: found[1], role: found[0], isSelective: false };
}

const space = 32;
const paren = 40;
const dot = 46;
const zero = 48;
const nine = 57;
const upperA = 65;
const upperS = 83;
const upperY = 89;
const upperZ = 90;
const underscore = 95;
const lowerA = 97;
const lowerS = 115;
const lowerY = 121;
const lowerZ = 122;

interface Entry extends Known {
  readonly bytes: Uint8Array;
}

/** Candidates by length and first byte, of which there are 128. */
const table: (Entry[] | undefined)[] = [];
const slot = (first: number, length: number): number => length * 128 + first;
for (const entry of known) {
  const bytes = bytesOf(entry.name);
  const index = slot(bytes[0] ?? 0, bytes.length);
  table[index] = [...(table[index] ?? []), { ...entry, bytes }];
}

/** Lower-case letters, digits and underscore. */
const isWord = (byte: number): boolean =>
  (byte >= lowerA && byte <= lowerZ) || byte === underscore || (byte >= zero && byte <= nine);

/** `S` of `SYS_386`. */
const isUpper = (byte: number): boolean => byte >= upperA && byte <= upperZ;

/** Where the name of a call that begins at `start` ends, or -1 if what stands there is no name. */
export function nameEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isWord(bytes[at] as number)) at += 1;
  if (at === start && bytes[at] === upperS) {
    while (at < end && (isWord(bytes[at] as number) || isUpper(bytes[at] as number))) at += 1;
  }
  const first = bytes[start] ?? 0;
  return at > start && (first < zero || first > nine) ? at : -1;
}

/** True if a call begins at `start`: a name and a parenthesis. */
export function beginsCall(bytes: Uint8Array, start: number, end: number): boolean {
  const at = nameEnd(bytes, start, end);
  return at >= 0 && at < end && bytes[at] === paren;
}

/** The call named by `bytes[start, end)`, if it matters. */
export function lookUp(bytes: Uint8Array, start: number, end: number): Known | undefined {
  const length = end - start;
  const first = bytes[start] ?? 0;
  const entries = table[slot(first, length)];
  if (entries !== undefined) {
    for (const entry of entries) {
      let at = 1;
      while (at < length && entry.bytes[at] === bytes[start + at]) at += 1;
      if (at === length) return entry;
    }
  }
  return isUnnamed(bytes, start, end) ? numberedCall(textOf(bytes, start, end)) : undefined;
}

/** The call of this name. Throws if none matters. */
export function knownAs(name: string): Known {
  const bytes = bytesOf(name);
  const found = lookUp(bytes, 0, bytes.length);
  if (found === undefined) throw new Error(`${name} is no known call`);
  return found;
}

/** ASCII text of a few bytes. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] as number);
  return text;
}

/** Where `<... NAME resumed` has its name: [start, end), or undefined if the line does not resume a call. */
export function resumedName(
  bytes: Uint8Array,
  body: number,
  end: number,
): readonly [number, number] | undefined {
  if (bytes[body + 1] !== dot || bytes[body + 4] !== space) return undefined;
  const start = body + 5;
  const stop = nameEnd(bytes, start, end);
  return stop < 0 || bytes[stop] !== space ? undefined : [start, stop];
}

/** `syscall_499` or `SYS_499`: a call that this strace has no name for. */
export function isUnnamed(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  const second = bytes[start + 1];
  if (!(first === lowerS && second === lowerY) && !(first === upperS && second === upperY))
    return false;
  return /^(?:syscall|SYS)_(?:0x[0-9a-f]+|[0-9]+)$/.test(textOf(bytes, start, end));
}
