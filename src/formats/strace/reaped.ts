/** Which process a line of wait4 tells its parent to be gone. */

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
  return match === null ? undefined : Number(match[2] ?? match[1]);
}
