/** What is odd about the name of a call that nobody knows: it may be that of a memory call, damaged. */

import type { Problem } from "../checks.ts";
import { isUnnamed, textOf } from "./names.ts";

const letterM = 109;

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
