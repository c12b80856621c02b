/** What stands behind an mmap or shmat call, from its flags and its file. */

import type { Call } from "../trace/event.ts";
import type { OpenFile } from "../trace/file.ts";
import { MAP_ANONYMOUS } from "../trace/flags.ts";
import { hasBit, pageOf } from "../units.ts";
import type { Area } from "./program.ts";
import { defaultHugeBytes, hugeBytesOf } from "./survey.ts";

type Mmap = Extract<Call, { call: "mmap" }>;

/** MAP_SHARED and MAP_SHARED_VALIDATE; the low four bits are one number. */
function isShared(flags: number): boolean {
  const type = flags % 16;
  return type === 1 || type === 3;
}

const unknownFile: OpenFile = { id: -1, kind: "unknown" };

/** Base pages of a huge page, of a file of hugetlbfs. */
function hugeOf(file: OpenFile, pageBytes: number): Pick<Area, "huge"> {
  if (file.kind !== "hugetlb") return {};
  return { huge: (file.hugePage ?? defaultHugeBytes(pageBytes)) / pageBytes };
}

/** The area that an attach of a System V segment asks for. */
export function attachedArea(file: OpenFile, prot: number, pageBytes: number): Area {
  const huge = hugeOf(file, pageBytes);
  return { backing: "file", file, prot, shared: true, pgoff: 0, flags: 0, ...huge };
}

/** The area that an mmap asks for. */
export function areaOf(call: Mmap, pageBytes: number): Area {
  const shared = isShared(call.flags);
  const { prot, flags } = call;
  if (hasBit(flags, MAP_ANONYMOUS)) {
    const hugeBytes = hugeBytesOf(flags, defaultHugeBytes(pageBytes));
    if (hugeBytes !== undefined) {
      const file: OpenFile = { id: -1, kind: "hugetlb", hugePage: hugeBytes };
      return { backing: "file", file, prot, shared, pgoff: 0, flags, huge: hugeBytes / pageBytes };
    }
    return { backing: shared ? "shared-anon" : "anon", prot, shared, pgoff: 0, flags };
  }
  const file = call.file ?? unknownFile;
  const pgoff = pageOf(call.offset, pageBytes);
  if (file.kind === "zero" && shared) return { backing: "shared-anon", prot, shared, pgoff, flags };
  const huge = hugeOf(file, pageBytes);
  return { backing: "file", file, prot, shared, pgoff, flags, ...huge };
}
