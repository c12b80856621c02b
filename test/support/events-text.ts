/** Events as one line of text each, for expected lists that people write. */

import type { Call, Event } from "../../src/trace/event.ts";
import {
  adviceValues,
  type FlagTable,
  flagNames,
  mmapFlags,
  mremapFlags,
  protFlags,
  shmFlags,
  valueName,
} from "../../src/trace/flags.ts";
import { hex } from "../../src/units.ts";

const names = (table: FlagTable, bits: number): string => flagNames(table, bits).join("|") || "0";

function args(call: Call): readonly unknown[] {
  switch (call.call) {
    case "mmap":
      return [
        hex(call.addr),
        call.length,
        names(protFlags, call.prot),
        names(mmapFlags, call.flags),
        call.fd,
        hex(call.offset),
      ];
    case "mremap": {
      const target = call.newAddr === null ? "null" : hex(call.newAddr);
      const flags = names(mremapFlags, call.flags);
      return [hex(call.addr), call.length, call.newLength, flags, target];
    }
    case "brk":
    case "shmdt":
      return [hex(call.addr)];
    case "mprotect":
      return [hex(call.addr), call.length, names(protFlags, call.prot)];
    case "madvise":
      return [hex(call.addr), call.length, valueName(adviceValues, call.advice)];
    case "shmat":
      return [call.shmid, hex(call.addr), names(shmFlags, call.flags)];
    case "remap_file_pages": {
      const [prot, flags] = [names(protFlags, call.prot), names(mmapFlags, call.flags)];
      return [hex(call.addr), call.length, prot, call.pgoff, flags];
    }
    case "mseal":
      return [hex(call.addr), call.length, call.flags];
    case "set_vma_name":
      return [hex(call.addr), call.length, JSON.stringify(call.label)];
    case "mlockall":
      return [call.flags];
    case "munlockall":
      return [];
    default:
      return [hex(call.addr), call.length];
  }
}

/**
 * `LINE PID what`: the line of the entry too where that is another (`41.43`), `-` for a line without a pid, `*` for
 * lifecycles, `!` for warnings; the written name before the canonical one where they differ.
 */
export function eventText(event: Event): string {
  const pid = event.bare === true ? "-" : (event.pid ?? "-");
  const entry = "entryLine" in event && event.entryLine !== undefined ? `${event.entryLine}.` : "";
  const at = `${entry}${event.line} ${pid}`;
  if (event.kind === "warning") return `${at} ! ${event.code}`;
  if (event.kind === "lifecycle") {
    const { child, other, path } = event;
    const more = [child && `child=${child}`, other && `other=${other}`, path].filter(Boolean);
    return [`${at} * ${event.lifecycle}`, ...more].join(" ");
  }
  if (event.kind !== "call") return `${at} ${event.kind}`;
  const { outcome, error, result, name } = event;
  const end = outcome === "ok" && result !== null ? hex(result) : (error ?? outcome);
  const written = name === undefined ? "" : `${name}: `;
  const injected = event.injected === true ? " INJECTED" : "";
  return `${at} ${written}${event.call}(${args(event).join(", ")}) = ${end}${injected}`;
}
