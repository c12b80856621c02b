/** Which system calls matter here: recognised by their bytes, so that the lines of all others never become text. */

import type { Buffer } from "node:buffer";
import type { Problem } from "../checks.ts";
import { bytesOf, isDigit, matches } from "../scan.ts";
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
  /** Only some calls of this name matter, which `matters` tells. */
  readonly isSelective: boolean;
}

const roles: Readonly<Record<Exclude<Role, "image">, string>> = {
  memory:
    "mmap mmap2 old_mmap munmap mremap brk mprotect pkey_mprotect madvise shmat shmdt remap_file_pages " +
    "mlock mlock2 munlock mlockall munlockall mseal map_shadow_stack prctl",
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
const comma = 44;
const zero = 48;
const less = 60;
const greater = 62;
const letterC = 67;
const letterD = 68;
const letterF = 70;
const letterK = 75;
const letterM = 109;
const letterV = 86;
const underscore = 95;
const setDescriptor = bytesOf("F_SETFD");

interface Entry extends Known {
  readonly bytes: Uint8Array;
}

/** Candidates by length and first byte. */
const table: (Entry[] | undefined)[] = [];
const slot = (first: number, length: number): number => length * 128 + first;
for (const entry of known) {
  const bytes = new TextEncoder().encode(entry.name);
  const index = slot(bytes[0] ?? 0, bytes.length);
  table[index] = [...(table[index] ?? []), { ...entry, bytes }];
}

/** Letters, digits and underscore, not beginning with a digit. */
const isWord = (byte: number): boolean =>
  (byte >= 97 && byte <= 122) || byte === 95 || (byte >= 48 && byte <= 57);

/** `S` of `SYS_386`. */
const isUpper = (byte: number): boolean => byte >= 65 && byte <= 90;

/** Where the name of a call that begins at `start` ends, or -1 if what stands there is no name. */
export function nameEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isWord(bytes[at] as number)) at += 1;
  if (at === start && bytes[at] === 83) {
    while (at < end && (isWord(bytes[at] as number) || isUpper(bytes[at] as number))) at += 1;
  }
  const first = bytes[start] ?? 0;
  return at > start && (first < 48 || first > 57) ? at : -1;
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
  const mayBeNumbered = (first === 115 || first === 83) && length > 6;
  return mayBeNumbered && isUnnamed(bytes, start, end)
    ? numberedCall(textOf(bytes, start, end))
    : undefined;
}

/** ASCII text of a few bytes. */
function textOf(bytes: Uint8Array, start: number, end: number): string {
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
  if (bytes[body + 1] !== 46 || bytes[body + 4] !== space) return undefined;
  const start = body + 5;
  const stop = nameEnd(bytes, start, end);
  return stop < 0 || bytes[stop] !== space ? undefined : [start, stop];
}

const memoryEnds = ["mmap", "unmap", "mremap", "brk", "mprotect", "madvise"] as const;
/** The last two letters of these. */
const lastLetters: ReadonlySet<number> = new Set(
  memoryEnds.map(
    (call) => call.charCodeAt(call.length - 2) * 256 + call.charCodeAt(call.length - 1),
  ),
);

/** A name that nobody knows may be that of a memory call with something glued to it, cut or misspelt. */
function mayBeMemory(bytes: Uint8Array, start: number, end: number): boolean {
  const last = (bytes[end - 2] as number) * 256 + (bytes[end - 1] as number);
  return bytes[start] === letterM || lastLetters.has(last);
}

/** `hellomunmap`: the memory call that a name which nobody knows ends with. */
function gluedTo(name: string): string | undefined {
  if (name === "process_madvise" || name === "unmap") return undefined;
  const found = memoryEnds.find((call) => name.endsWith(call));
  return found === "unmap" ? "munmap" : found;
}

/** `protect`, `map`: the memory call of which a name that nobody knows is the end. */
function cutFrom(name: string): string | undefined {
  return name === "unmap" ? "munmap" : memoryEnds.find((call) => call.endsWith(name));
}

/** `mnmap`, `mremmap`, `mmpa`: the memory call from which a name that nobody knows differs by one slip. */
function misspelt(name: string): string | undefined {
  return ["mmap", "munmap", "mremap", "mprotect", "madvise"].find((call) => {
    const shorter = Math.min(name.length, call.length);
    let front = 0;
    while (front < shorter && name[front] === call[front]) front += 1;
    let back = 0;
    while (back < shorter - front && name.at(-1 - back) === call.at(-1 - back)) back += 1;
    const [wrong, right] = [name, call].map((text) => text.slice(front, text.length - back));
    if (wrong === undefined || right === undefined) return false;
    return (
      (wrong.length < 2 && right.length < 2) ||
      (right.length === 2 && wrong === `${right[1]}${right[0]}`)
    );
  });
}

/** `syscall_499` or `SYS_499`: a call that this strace has no name for. */
function isUnnamed(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  const second = bytes[start + 1];
  if (!(first === 115 && second === 121) && !(first === 83 && second === 89)) return false;
  return /^(?:syscall|SYS)_(?:0x[0-9a-f]+|[0-9]+)$/.test(textOf(bytes, start, end));
}

/** A problem, and the memory call that it costs. */
interface Odd extends Problem {
  readonly call?: string;
}

function oddMemory(name: string): Odd | undefined {
  let call = gluedTo(name);
  if (call !== undefined)
    return {
      code: "parse/glued-line",
      message: "output of the program is glued to a memory call",
      call,
    };
  call = cutFrom(name);
  if (call !== undefined)
    return { code: "parse/cut-line", message: "a memory call is cut in the middle", call };
  call = misspelt(name);
  if (call === undefined) return undefined;
  return {
    code: "parse/misspelt-call",
    message: `${name} is no call of Linux: ${call}, misspelt?`,
    call,
  };
}

/** What is odd about the name of a call that does not matter; undefined, as a rule, if nothing is. */
export function oddName(bytes: Uint8Array, start: number, end: number): Odd | undefined {
  if (end - start < 2) return undefined;
  if (mayBeMemory(bytes, start, end)) {
    const odd = oddMemory(textOf(bytes, start, end));
    if (odd !== undefined) return odd;
  }
  if (!isUnnamed(bytes, start, end)) return undefined;
  const message = `${textOf(bytes, start, end)} is a call that this strace has no name for`;
  return { code: "parse/unnamed-call", message };
}

const newDescriptor =
  /^\(\d+(?:<.*?>)?, (?:VFIO_GROUP_GET_DEVICE_FD|KVM_CREATE_VM|KVM_CREATE_VCPU|0x3b6a|0xae01|0xae41)\b/;

/** True for an ioctl that makes a descriptor of a device. */
function makesDescriptor(bytes: Buffer, from: number, end: number): boolean {
  // The request stands within a path and a number from the name.
  const request = bytes.indexOf(", ", from);
  const next = bytes[request + 2];
  if (request < 0 || request > end) return false;
  // VFIO_, KVM_C: of KVM_RUN there are millions.
  if (next !== letterV && next !== zero && (next !== letterK || bytes[request + 6] !== letterC))
    return false;
  return newDescriptor.test(bytes.toString("latin1", from, end));
}

/** Where `F_GETLK` stands in `(3</data/t.db>, F_GETLK, ...`; -1 if that takes a closer look. */
function commandAt(bytes: Buffer, from: number, end: number): number {
  let at = from + 1;
  while (isDigit(bytes[at] as number)) at += 1;
  if (at === from + 1) return -1;
  if (bytes[at] === less) {
    while (at < end && bytes[at] !== greater && bytes[at] !== comma) at += 1;
    if (bytes[at] === greater) at += 1;
  }
  const isNamed = bytes[at] === comma && bytes[at + 2] === letterF && bytes[at + 3] === underscore;
  return isNamed && at + 4 < end ? at + 2 : -1;
}

/** True for a fcntl that may make a descriptor (`F_DUPFD`) or tell what exec does with one (`F_SETFD`). */
function controlsDescriptor(bytes: Buffer, from: number, end: number): boolean {
  const command = commandAt(bytes, from, end);
  return command < 0 || bytes[command + 2] === letterD || matches(bytes, command, setDescriptor);
}

/** True if this call, whose name ends at `from` and whose line at `end`, is one that matters. */
export function matters({ name }: Known, bytes: Buffer, from: number, end: number): boolean {
  if (name === "recvmsg" || name === "recvmmsg") {
    return bytes.subarray(from, end).includes("cmsg_type=SCM_RIGHTS");
  }
  if (name === "ioctl") return makesDescriptor(bytes, from, end);
  return (name !== "fcntl" && name !== "fcntl64") || controlsDescriptor(bytes, from, end);
}

/** The same of a line on which the call ends: of those that may have received descriptors, only those that have. */
export function endMatters(known: Known, bytes: Buffer, from: number, end: number): boolean {
  return !known.name.startsWith("recv") || matters(known, bytes, from, end);
}
