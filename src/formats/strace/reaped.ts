/** Which process a line of wait4 tells its parent to be gone, and which signals may have killed it. */

import type { Buffer } from "node:buffer";
import { latin1 } from "./line.ts";

const less = 60;
const letterW = 119;
const resumes = "<... ".length;

/** With all of struct rusage such a line has about 600 bytes. */
const longest = 2048;

/**
 * `wait4(26172, ...) = 26172`, `<... wait4 resumed>...) = 26172`: the number, as strace knows it. Undefined for every
 * other line whose name, or `<... NAME`, begins at `body`.
 */
export function waitedFor(bytes: Buffer, body: number): number | undefined {
  const name = bytes[body] === less ? body + resumes : body;
  if (bytes[name] !== letterW) return undefined;
  const text = latin1(bytes, name, Math.min(bytes.length, name + longest));
  const match = /^wait(?:4|pid)[( ].*?\) += (\d+)(?:<.*>)?(?: \/\* (\d+) in)?/.exec(text);
  // A debugger or a shell is told of stops too.
  if (/\bWIF(?:STOPPED|CONTINUED)\b/.test(text)) return undefined;
  return match === null ? undefined : Number(match[2] ?? match[1]);
}

/**
 * `--- SIGSEGV (Segmentation fault) @ 0 (0) ---`: as strace 4.6 and older print a signal, of which a task may die without
 * another word. Not of one that does not kill.
 */
export function mayKill(bytes: Buffer, body: number): boolean {
  const text = latin1(bytes, body, Math.min(bytes.length, body + 24));
  return /^--- SIG(?!CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|WINCH)\w+ \(/.test(text);
}
