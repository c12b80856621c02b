/** How large the pages of the recording machine were, as far as the addresses of a recording tell. */

import type { Event } from "../trace/event.ts";
import type { Events } from "../trace/events.ts";
import { MAP_FIXED } from "../trace/flags.ts";
import { hasKind, timeless } from "../trace/log.ts";
import type { Facts } from "../trace/trace.ts";
import { hasBit, inPage, type U64 } from "../units.ts";

/** So many addresses are not multiples of a larger page by chance. */
const enough = 24;
const smallest = 4096;
const sizes = [65_536, 16_384] as const;

type PageFacts = Pick<Facts, "pageSize" | "inferred">;

const found = (pageSize: number, why: string): PageFacts => ({
  pageSize,
  inferred: [`page size ${pageSize}: ${why}`],
});

/** Bytes, of a line `AT_PAGESZ:            65536` among what the dynamic linker prints under LD_SHOW_AUXV. */
export function pageSizeOf(text: string): number | undefined {
  const size = Number(/^AT_PAGESZ:\s+(\d{4,7})$/m.exec(text)?.[1] ?? 0);
  return size >= smallest && Number.isInteger(Math.log2(size)) ? size : undefined;
}

/** Page addresses that the kernel gave or took. */
class Evidence {
  #seen = 0;
  /** The first line whose address is not a multiple of the size; 0 while there is none. */
  readonly #against: number[] = sizes.map(() => 0);

  see(address: U64, line: number): void {
    this.#seen += 1;
    if (!this.#against.includes(0)) return;
    sizes.forEach((size, index) => {
      if (this.#against[index] === 0 && inPage(address, size) !== 0) this.#against[index] = line;
    });
  }

  /** No address changes the answer any more. */
  get isSettled(): boolean {
    return !this.#against.includes(0);
  }

  /** Where the kernel itself printed the size of its pages, or only addresses. */
  facts(): PageFacts {
    const [, line = 0] = this.#against;
    if (line > 0) return found(smallest, `the address on line ${line} is not a multiple of 16384`);
    const size = sizes.find((_, index) => this.#against[index] === 0);
    if (size === undefined || this.#seen < enough) return found(smallest, "assumed");
    return found(size, `all ${this.#seen} addresses are multiples of it`);
  }
}

/** The address of a call that must be that of a page; 0 proves nothing. */
function pageAddress(event: Event): U64 | undefined {
  if (event.kind !== "call" || event.outcome !== "ok" || event.result === null) return undefined;
  switch (event.call) {
    case "mmap":
      return hasBit(event.flags, MAP_FIXED) ? event.addr : event.result;
    case "mremap":
      return event.result;
    case "brk":
      // The first break of an old kernel is the end of bss, which is no page.
      return event.addr === 0 && inPage(event.result, smallest) === 0 ? event.result : undefined;
    default:
      return undefined;
  }
}

/** Looks at events one by one. */
class PageEvidence {
  readonly #addresses = new Evidence();
  #told: { readonly size: number; readonly line: number } | undefined;

  take(event: Event): void {
    const address = pageAddress(event);
    if (address !== undefined) this.#addresses.see(address, event.line);
    if (event.kind === "search") this.#addresses.see(event.length, event.line);
    if (event.kind !== "snapshot") return;
    for (const { start, line, kernelPageSize: size } of event.areas) {
      this.#addresses.see(start, line);
      if (size !== undefined && size < (this.#told?.size ?? Number.POSITIVE_INFINITY)) {
        this.#told = { size, line };
      }
    }
  }

  /** Only smaps can tell something else. */
  get isSettled(): boolean {
    return this.#addresses.isSettled;
  }

  /** The page size and, in `inferred`, how it was found: smaps tells it, addresses prove or suggest it. */
  facts(): PageFacts {
    if (this.#told === undefined) return this.#addresses.facts();
    const { size, line } = this.#told;
    return found(size, `KernelPageSize of the area on line ${line} of smaps`);
  }
}

/** The page size that all of these events tell. */
export function pageFacts(events: Events): PageFacts {
  const evidence = new PageEvidence();
  const mayBeTold = hasKind(events, "snapshot");
  for (const event of timeless(events)) {
    evidence.take(event);
    if (evidence.isSettled && !mayBeTold) break;
  }
  return evidence.facts();
}
