/** What the events themselves prove of a machine whose facts were not recorded. */

import { hasBit, type U64 } from "../units.ts";
import type { Call, Event } from "./event.ts";
import type { OpenFile } from "./file.ts";
import { MAP_ANONYMOUS, MAP_POPULATE, MAP_SHARED } from "./flags.ts";
import type { Facts, Trace } from "./trace.ts";

/** The default window of x86-64 ends here; only 5-level paging goes beyond (arch/x86/mm/mmap.c task_size_64bit). */
const x86Window = 2 ** 47;

type Mmap = Extract<Call, { call: "mmap" }>;

/** How liburing maps its rings. */
const ringFlags = MAP_SHARED + MAP_POPULATE;

function beyond(event: Event): U64 | undefined {
  switch (event.kind) {
    case "search":
      return event.high;
    case "call":
      return event.call === "mmap" || event.call === "mremap"
        ? (event.result ?? undefined)
        : undefined;
    default:
      return undefined;
  }
}

/** Offsets at which io_uring_setup(2) says that its rings are mapped: completion queue and submission entries. */
const ringOffsets: ReadonlySet<U64> = new Set([0x800_0000, 0x1000_0000]);

/** What the searches and the arguments of a call prove of its file, where the recording does not name it well. */
function provenFile(call: Mmap, masks: readonly U64[], page: number): OpenFile | undefined {
  const { file } = call;
  if (file !== undefined && file.filesystem !== undefined) return undefined;
  const kind = file?.kind ?? "unknown";
  if (kind !== "unknown" && kind !== "regular") return undefined;
  const mask = masks.find((one) => one !== 0);
  if (mask !== undefined)
    return { id: -1, ...file, kind: "hugetlb", hugePage: Number(mask) + page };
  const ring = kind === "unknown" && call.flags === ringFlags && ringOffsets.has(call.offset);
  return ring ? { id: -1, ...file, kind: "io-uring" } : undefined;
}

/**
 * The events with files that their own searches prove: only hugetlb passes an alignment mask to vm_unmapped_area()
 * where the CPU has no cache colouring, and only io_uring is mapped at its magic offsets.
 */
function provenFiles(events: readonly Event[], pageSize: number): readonly Event[] {
  const masks = new Map<number | null, U64[]>();
  return events.map((event) => {
    if (event.kind === "search") {
      masks.set(event.pid, [...(masks.get(event.pid) ?? []), event.alignMask]);
      return event;
    }
    if (event.kind !== "call") return event;
    const seen = masks.get(event.pid) ?? [];
    masks.delete(event.pid);
    if (event.call !== "mmap" || event.fd < 0 || hasBit(event.flags, MAP_ANONYMOUS)) return event;
    const file = provenFile(event, seen, pageSize);
    return file === undefined ? event : { ...event, file };
  });
}

/** The facts with 5-level paging added where an address or a limit above 2^47 proves it. */
function provenFacts({ facts, events }: Trace): Facts {
  if (facts.taskSizeBits !== undefined || (facts.arch ?? "x86-64") !== "x86-64") return facts;
  const proof = events.find((event) => {
    const address = beyond(event);
    return address !== undefined && address >= x86Window;
  });
  if (proof === undefined) return facts;
  const why = `5-level paging, from an address above 2^47 in line ${proof.line}`;
  return { ...facts, taskSizeBits: 56, inferred: [...facts.inferred, why] };
}

/** A trace with everything that its own events prove. */
export function proven(trace: Trace): Trace {
  return {
    ...trace,
    facts: provenFacts(trace),
    events: provenFiles(trace.events, trace.facts.pageSize),
  };
}
