/** Events as one line of text each, for expected lists that people write. */

import type { Call, Event, MapsArea, Search } from "../../src/trace/event.ts";
import {
  adviceValues,
  type FlagTable,
  flagNames,
  mmapFlags,
  mremapFlags,
  protFlags,
  shmFlags,
  valueName,
} from "../../src/trace/flag-names.ts";
import { hex } from "../../src/units.ts";

const names = (table: FlagTable, bits: number): string => flagNames(table, bits).join("|") || "0";

function args(call: Call): readonly unknown[] {
  switch (call.call) {
    case "mmap":
      // The kernel could not read its arguments.
      if (call.error === "EFAULT" && call.length === 0) return ["?"];
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
    case "mprotect": {
      const key = call.pkey === undefined ? [] : [call.pkey];
      return [hex(call.addr), call.length, names(protFlags, call.prot), ...key];
    }
    case "madvise":
      return [hex(call.addr), call.length, valueName(adviceValues, call.advice)];
    case "shmat":
      return [call.shmid, hex(call.addr), names(shmFlags, call.flags)];
    case "remap_file_pages": {
      const [prot, flags] = [names(protFlags, call.prot), names(mmapFlags, call.flags)];
      return [hex(call.addr), call.length, prot, call.pgoff, flags];
    }
    case "mlock":
    case "munlock":
    case "mseal":
    case "map_shadow_stack": {
      const flags = call.flags === undefined ? [] : [call.flags];
      return [hex(call.addr), call.length, ...flags];
    }
    case "set_vma_name":
      return [hex(call.addr), call.length, JSON.stringify(call.label)];
    case "mbind":
      return [hex(call.addr), call.length, JSON.stringify(call.policy)];
    case "userfaultfd":
      return [hex(call.addr), call.length, JSON.stringify(call.watch)];
    case "mlockall":
      return [call.flags];
    case "munlockall":
      return [];
    default:
      return [hex(call.addr), call.length];
  }
}

/** ` <regular "/srv/demo/a, b">`: the file behind a mapping, as far as the recording tells, and the bytes of a segment. */
function fileText(call: Call): string {
  if (!("file" in call) || call.file === undefined) return "";
  const { kind, path, device } = call.file;
  if (kind === "unknown" && path === undefined) return "";
  const length = call.call === "shmat" ? call.length : undefined;
  const name = [kind, path === undefined ? "" : JSON.stringify(path), device, length];
  return ` <${name.filter((part) => part !== undefined && part !== "").join(" ")}>`;
}

/** `search down 32768 0x1000-0x7fa5c2ba1000 mask 0x0 offset 0x0 = 0x7fa5c2b99000`. */
function searchText(search: Search): string {
  const { topDown, length, low, high, alignMask, alignOffset, result, error } = search;
  const way = `${topDown ? "down" : "up"} ${length} ${hex(low)}-${hex(high)}`;
  const end = result === null ? error : hex(result);
  return `search ${way} mask ${hex(alignMask)} offset ${hex(alignOffset)} = ${end}`;
}

/** `  6 0x400000-0x401000 r--p 0x0 /srv/demo/bin/zoo`, with the page size of the kernel where that is told. */
function areaText({ line, start, end, perms, offset, path, kernelPageSize }: MapsArea): string {
  const page = kernelPageSize === undefined ? "" : ` page ${kernelPageSize}`;
  const name = path === "" ? "" : ` ${path}`;
  return `  ${line} ${hex(start)}-${hex(end)} ${perms} ${hex(offset)}${page}${name}`;
}

/**
 * `LINE PID what`: the line of the entry too where that is another (`41.43`), `-` for a line without a pid, `*` for
 * lifecycles, `!` for warnings; the written name before the canonical one where they differ, and the file of a mapping
 * behind it, where more than its number is known. The areas of a snapshot follow it, one a line.
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
  if (event.kind === "search") return `${at} ${searchText(event)}`;
  if (event.kind === "snapshot") return [`${at} snapshot`, ...event.areas.map(areaText)].join("\n");
  if (event.kind === "lost") return [at, "lost", event.count].filter(Boolean).join(" ");
  if (event.kind === "fault") return `${at} fault ${hex(event.addr)}`;
  const { outcome, error, result, name } = event;
  const end = outcome === "ok" && result !== null ? hex(result) : (error ?? outcome);
  const written = name === undefined ? "" : `${name}: `;
  const injected = event.injected === true ? " INJECTED" : "";
  return `${at} ${written}${event.call}(${args(event).join(", ")}) = ${end}${injected}${fileText(event)}`;
}
