/** What a call may touch while it is under way: looked up once, and then compared with every call that overlaps it. */

import { MAP_FIXED } from "../../trace/flags.ts";
import { hasBit, type U64 } from "../../units.ts";
import type { Request } from "../request.ts";
import { smallestPage } from "./footprint.ts";

/** Fields to be set: there is one for each call, so that they lie in what is made for each anyway. */
export interface Reach {
  /** The bytes that the call names, half-open: nowhere is above all, what is not looked at begins below all. */
  low: number;
  high: number;
  /** "searches": the kernel looks for a gap. "harmless": it neither maps nor unmaps. */
  does: "searches" | "frees" | "harmless" | "maps" | "forks";
}

const everywhere = Number.POSITIVE_INFINITY;

function range(reach: Reach, addr: U64, length: U64, does: Reach["does"]): void {
  const isLow = typeof addr === "number";
  reach.low = isLow ? addr : -everywhere;
  if (isLow && typeof length === "number")
    reach.high = addr + Math.ceil(length / smallestPage) * smallestPage;
  else reach.high = everywhere;
  reach.does = does;
}

function anywhere(reach: Reach, does: Reach["does"]): void {
  reach.low = -everywhere;
  reach.high = everywhere;
  reach.does = does;
}

/** Set how far a call reaches that has asked for this; `reach` is one that reaches nowhere. */
export function extend(reach: Reach, request: Request): void {
  switch (request.call) {
    case "mprotect":
      range(reach, request.addr, request.length, "harmless");
      break;
    case "munmap":
      range(reach, request.addr, request.length, "frees");
      break;
    case "mmap": {
      const { addr, flags } = request;
      const isFixed = addr !== 0 && hasBit(flags, MAP_FIXED);
      if (isFixed) range(reach, addr, request.length, "maps");
      else reach.does = "searches";
      break;
    }
    case "madvise":
    case "brk":
      break;
    case "mremap":
    case "shmat":
      anywhere(reach, "searches");
      break;
    default:
      anywhere(reach, "maps");
  }
}

/** How far a call reaches that has asked for this. */
export function reachOf(request: Request): Reach {
  const reach: Reach = { low: everywhere, high: -everywhere, does: "harmless" };
  extend(reach, request);
  return reach;
}
