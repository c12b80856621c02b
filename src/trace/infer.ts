/** What the events themselves prove of a machine whose facts were not recorded. */

import type { U64 } from "../units.ts";
import type { Event } from "./event.ts";
import type { Facts, Trace } from "./trace.ts";

/** The default window of x86-64 ends here; only 5-level paging goes beyond (arch/x86/mm/mmap.c task_size_64bit). */
const x86Window = 2 ** 47;

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

/** The facts with 5-level paging added where an address or a limit above 2^47 proves it. */
export function provenFacts({ facts, events }: Trace): Facts {
  if (facts.taskSizeBits !== undefined || (facts.arch ?? "x86-64") !== "x86-64") return facts;
  const proof = events.find((event) => {
    const address = beyond(event);
    return address !== undefined && address >= x86Window;
  });
  if (proof === undefined) return facts;
  const why = `5-level paging, from an address above 2^47 in line ${proof.line}`;
  return { ...facts, taskSizeBits: 56, inferred: [...facts.inferred, why] };
}
