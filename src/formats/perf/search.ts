/** What the kernel was asked to find: the text of `mmap:vm_unmapped_area`. */

import { errnoName } from "../../trace/errno.ts";
import type { Search } from "../../trace/event.ts";
import { errnoOf, parseHex, parseU64, type U64 } from "../../units.ts";
import { fieldsOf } from "./line.ts";

const topDownFlag = 1;

/** Early kernels printed the address without 0x. */
function address(text: string | undefined): U64 | undefined {
  if (text === undefined) return undefined;
  return text.startsWith("0x") ? parseU64(text) : parseHex(text);
}

/** Lengths and limits in bytes; undefined if a field is missing. */
export function searchOf(
  body: string,
  where: Pick<Search, "line" | "pid" | "time">,
): Search | undefined {
  const fields = fieldsOf(body);
  const addr = address(/(?:^|\s)addr=(\S+)/.exec(body)?.[1]);
  const length = fields.get("len");
  const low = fields.get("lo");
  const high = fields.get("hi");
  const flags = fields.get("flags");
  const mask = fields.get("mask");
  const offset = fields.get("ofs");
  if (addr === undefined || length === undefined || low === undefined || high === undefined)
    return undefined;
  if (flags === undefined || mask === undefined || offset === undefined) return undefined;
  const total = fields.get("total_vm") ?? fields.get("tvm");
  const err = fields.get("err") ?? 0;
  const errno = (errnoOf(err) ?? Number(err)) || errnoOf(addr) || 0;
  return {
    kind: "search",
    ...where,
    length,
    low,
    high,
    topDown: Number(flags) % 2 === topDownFlag,
    alignMask: mask,
    alignOffset: offset,
    ...(total === undefined ? {} : { totalVm: Number(total) }),
    result: errno === 0 ? addr : null,
    error: errno === 0 ? null : errnoName(errno),
  };
}
