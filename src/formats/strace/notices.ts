/** What strace itself says between the calls. */

export interface Notice {
  readonly kind: "attached" | "detached" | "32 bit" | "64 bit" | "message";
  readonly tid: number;
  readonly threads: number;
  /** Where in the text it begins: a notice may cut a call. */
  readonly index: number;
  /** Without `strace: ` before it (up to 4.10). */
  readonly old: boolean;
}

const process =
  /Process (\d{1,7})(?:<[^>]*>)? (attached|detached|suspended|resumed)(?: with (\d+) threads)?(?: - interrupt to quit)?$/;
/** Of `strace -d`, which says what it waits for. */
const waiting = /\[wait\(0x[0-9a-f]+\) = \d+\] \w+.*$/;
const personality = /\[ Process PID=(\d{1,7}) runs in (32 bit|64 bit|x32) mode\. \]$/;

/** `strace: `, `/usr/bin/strace: `, `./strace-6.9: `: strace calls itself what the user called it. */
const itself = /[^\s,()<>{}[\]"|=]*strace[^\s/,()<>"]*: $/;

/** What of a cut call may stand right before that, in one word. */
const lastWord = /^(?:0x[0-9a-f]+|-?\d+|[A-Z][A-Z0-9_]*)/;

/** Where a notice begins whose own words begin at `at`. */
function beginning(text: string, at: number): number {
  const found = itself.exec(text.slice(0, at));
  if (found === null) return at;
  return found.index + (lastWord.exec(found[0])?.[0].length ?? 0);
}

const letterD = 100;

/** False if no notice that cut a call stands before `end`, as of all but a few lines. */
export function mayEndInNotice(bytes: Uint8Array, end: number): boolean {
  return bytes[end - 1] === letterD;
}

/** The notice at the end of a text, or undefined. */
export function noticeOf(text: string): Notice | undefined {
  if (!text.includes("rocess ")) return message(text);
  const found = process.exec(text);
  if (found !== null) {
    const kind = found[2] === "attached" || found[2] === "detached" ? found[2] : "message";
    const threads = Number(found[3] ?? 1);
    const index = beginning(text, found.index);
    return { kind, tid: Number(found[1]), threads, index, old: index === found.index };
  }
  const mode = personality.exec(text);
  if (mode === null) return message(text);
  const kind = mode[2] === "64 bit" ? "64 bit" : "32 bit";
  const index = beginning(text, mode.index);
  return { kind, tid: Number(mode[1]), threads: 1, index, old: false };
}

const said = /^[^\s"(]*strace[^\s/"(]*: /;

/** `strace: ...`: something that the user was told. */
function message(text: string): Notice | undefined {
  const wait = waiting.exec(text);
  if (wait === null && !said.test(text)) return undefined;
  const index = wait === null ? 0 : beginning(text, wait.index);
  return { kind: "message", tid: 0, threads: 0, index, old: false };
}

/** The rest of a call of no interest that a notice, a newline in a name or the program's output cut in two. */
export function continues(text: string): boolean {
  return /^(?:, |=> |\)|<unfinished \.\.\.>|<detached \.\.\.>)|^[^(]*\)\s+= \S/.test(text);
}

const ofMemory =
  /\b(?:PROT|MAP|MADV|MREMAP)_[A-Z]|\b(?:mmap2?|munmap|mremap|mprotect|madvise|brk)\b|\) += 0x[0-9a-f]{4}/;

/** The rest of a memory call, which stands alone: those that a notice cut have been joined. */
export function continuesMemory(text: string): boolean {
  return continues(text) && ofMemory.test(text);
}

const glued =
  /(?:\r|[^\s\w.,:;"'`(=<>/#])(?=(?:\[pid +\d+\] )?(?:mmap2?|munmap|mremap|mprotect|madvise|brk|shmat|shmdt)\([^()]*\) += (?:0x[0-9a-f]+|0|-1 E[A-Z]+ \(.*\))(?: <[\d.]+>)?$)/;

const longestGlued = 4096;

/** Where a whole memory call begins right behind what the program has printed (`10%munmap(0x1000, 4096) = 0`), or -1. */
export function gluedAt(text: string): number {
  const found = text.length > longestGlued ? null : glued.exec(text);
  return found === null ? -1 : found.index + 1;
}

/** `--- SIGCHLD {...} ---`, `--- stopped by SIGSTOP ---`. */
export function isSignal(bytes: Uint8Array, body: number): boolean {
  return (
    bytes[body] === 45 && bytes[body + 1] === 45 && bytes[body + 2] === 45 && bytes[body + 3] === 32
  );
}

/**
 * A line below a call: of `-k`, ` > /usr/lib/libc.so.6(mmap+0x17) [0x11de97]`, or of `-e read=3`,
 * ` | 00000  7f 45 4c 46  .ELF |`.
 */
export function isBelowCall(bytes: Uint8Array, start: number): boolean {
  const mark = bytes[start + 1];
  return bytes[start] === 32 && (mark === 62 || mark === 124) && bytes[start + 2] === 32;
}

/** A line of perf script or ftrace: `comm PID [cpu] seconds: event`. */
export function isOfPerf(text: string): boolean {
  return /^\s*\S.*\s\[\d{3}\]\s.*\d+\.\d+:\s+\w+[:(]/.test(text);
}

/** A line of the table of `-c` or `-C`; inside of it, numbers too. */
export function summaryLine(text: string, inside: boolean): boolean {
  if (/^% time\s+seconds/.test(text)) return true;
  return inside && /^(?:-{6} -|[\d.]+\s|System call usage summary)/.test(text);
}

/** The bytes without `ESC [ ... m`. */
export function stripColor(bytes: Uint8Array, start: number, end: number): Buffer {
  const plain = Buffer.alloc(end - start);
  let length = 0;
  for (let at = start; at < end; at++) {
    if (bytes[at] === 27) {
      while (at < end && !isLetter(bytes[at] ?? 0)) at += 1;
    } else {
      plain[length] = bytes[at] ?? 0;
      length += 1;
    }
  }
  return plain.subarray(0, length);
}

const isLetter = (byte: number): boolean =>
  (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
