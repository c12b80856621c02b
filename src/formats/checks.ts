/** Which calls cannot have happened as they are printed. */

import type { Outcome } from "../trace/event.ts";
import { MAP_FIXED, MREMAP_FIXED } from "../trace/flags.ts";
import { hasBit, inPage, type U64 } from "../units.ts";
import type { Request } from "./request.ts";

/** Why something cannot be used: a code and a message for the warning. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** The smallest page of any architecture, bytes. */
const smallestPage = 4096;
const two32 = 2 ** 32;
const signExtended = 2n ** 64n - 2n ** 32n;

/**
 * strace up to 4.9 prints results of 32-bit programs with the sign extended, or with garbage above. `narrow` is true
 * for a 32-bit program.
 */
export function cutResult(value: U64, narrow: boolean): U64 {
  if (typeof value === "bigint" && value >= signExtended) return Number(value - signExtended);
  if (narrow && value >= two32) return Number(BigInt(value) % BigInt(two32));
  return value;
}

const problem = (code: string, message: string): Problem => ({ code, message });

/** The length that a successful call cannot do without. */
function lengthOf(request: Request): U64 | undefined {
  switch (request.call) {
    case "mmap":
    case "munmap":
    case "map_shadow_stack":
      return request.length;
    case "mremap":
      return request.newLength;
    default:
      return undefined;
  }
}

/** The address that a successful call must have returned. */
function fixedAddress(request: Request): U64 | undefined {
  if (request.call === "mmap" && hasBit(request.flags, MAP_FIXED)) return request.addr;
  if (request.call === "mremap" && hasBit(request.flags, MREMAP_FIXED)) {
    return request.newAddr ?? undefined;
  }
  return undefined;
}

const placing: ReadonlySet<string> = new Set(["mmap", "mremap", "shmat", "map_shadow_stack"]);

/** What is wrong with a successful call; undefined if nothing is. */
export function impossible(
  request: Request,
  outcome: Outcome,
  result: U64 | null,
): Problem | undefined {
  if (outcome !== "ok" || result === null) return undefined;
  if (lengthOf(request) === 0) {
    return problem("parse/bad-length", `${request.call} of length 0 cannot succeed`);
  }
  if (!placing.has(request.call)) return undefined;
  if (inPage(result, smallestPage) !== 0) {
    return problem("parse/unaligned-result", `${request.call} cannot return the middle of a page`);
  }
  const fixed = fixedAddress(request);
  if (fixed !== undefined && fixed !== result) {
    return problem("parse/fixed-elsewhere", `${request.call} did not go where it was fixed`);
  }
  return undefined;
}
