/** How many bits the addresses of the recorded machine have, as the events prove. */

import { hasBit, type U64 } from "../units.ts";
import type { Event, Search } from "./event.ts";
import { MAP_FIXED, MAP_FIXED_NOREPLACE } from "./flags.ts";
import type { Facts } from "./trace.ts";

/** Bits of what a kernel gives out, and of what a hint can ask for where the CPU has more. */
interface Widths {
  /** Ascending. Without proof the one that the architecture has by default counts. */
  readonly windows: readonly number[];
  readonly default: number;
  readonly wide: number;
}

const x86: Widths = { windows: [47], default: 47, wide: 56 };
const riscv: Widths = { windows: [38, 47], default: 47, wide: 56 };

/** CONFIG_ARM64_VA_BITS by page size; 52 bits give out 48, or 47 on pages of 16 KiB (DEFAULT_MAP_WINDOW_64). */
const arm: Readonly<Record<number, Widths>> = {
  4096: { windows: [39, 48], default: 48, wide: 52 },
  16384: { windows: [36, 47, 48], default: 47, wide: 52 },
  65536: { windows: [42, 48], default: 48, wide: 52 },
};

/** Undefined where the width is known, or the architecture not modelled. */
function widthsOf({ taskSizeBits, arch = "x86-64", pageSize }: Facts): Widths | undefined {
  if (taskSizeBits !== undefined) return undefined;
  if (arch === "arm64") return arm[pageSize];
  return arch === "riscv64" ? riscv : arch === "x86-64" ? x86 : undefined;
}

/** Bytes: no mapping without a hint begins so near to the end of the address space (MIN_GAP of mmap_base()). */
const margin = 2 ** 27;

/** The end of a mapping, of a long one the part of it that columns can tell from its start alone. */
const endOf = (start: U64, length: U64): number => Number(start) + Math.min(Number(length), margin);

/** Bytes: the highest limit or end of a mapping that an event shows. */
function reach(event: Event): number {
  if (event.kind === "search") return Number(event.high);
  if (event.kind !== "call" || event.result === null) return 0;
  if (event.call === "mmap") return endOf(event.result, event.length);
  return event.call === "mremap" ? endOf(event.result, event.newLength) : 0;
}

/** The limit of a bottom-up search of the generic code is TASK_SIZE. */
const upwardLimit = ({ topDown, high }: Search): number => (topDown ? 0 : Number(high));

/** Bytes: how far an event shows that the kernel itself goes, without a hint; the stack ends in the last pages. */
function ownReach(event: Event): number {
  if (event.kind === "search") return upwardLimit(event);
  if (event.kind === "snapshot")
    return Number(event.areas.find(({ path }) => path === "[stack]")?.end ?? 0);
  if (event.kind !== "call" || event.call !== "mmap" || event.addr !== 0) return 0;
  const { flags } = event;
  return hasBit(flags, MAP_FIXED) || hasBit(flags, MAP_FIXED_NOREPLACE) ? 0 : reach(event);
}

/** Gathers from all events of a recording. */
export class AddressBits {
  readonly #widths: Widths | undefined;
  /** The first line that shows an address beyond a window of so many bits. */
  readonly #beyond = new Map<number, number>();
  #own = { bytes: 0, line: 0 };

  constructor(facts: Facts) {
    this.#widths = widthsOf(facts);
  }

  see(event: Event): void {
    if (this.#widths === undefined) return;
    const bytes = reach(event);
    for (const bits of this.#widths.windows)
      if (bytes > 2 ** bits && !this.#beyond.has(bits)) this.#beyond.set(bits, event.line);
    const own = ownReach(event);
    if (own > this.#own.bytes) this.#own = { bytes: own, line: event.line };
  }

  /** The facts with the width added where it is another than the architecture's default. */
  added(facts: Facts): Facts {
    const widths = this.#widths;
    if (widths === undefined) return facts;
    const window = this.#window(widths);
    const wide = this.#beyond.get(window);
    const taskSizeBits = wide === undefined ? window : widths.wide;
    if (taskSizeBits === widths.default) return facts;
    const why =
      wide !== undefined
        ? `an address above 2^${window} in line ${wide}`
        : `the highest address that the kernel chose, in line ${this.#own.line}`;
    const bits = widths === x86 ? "5-level paging" : `${taskSizeBits}-bit addresses`;
    return { ...facts, taskSizeBits, inferred: [...facts.inferred, `${bits}, from ${why}`] };
  }

  /** A top-down mmap_base, and the stack all the more, lies in the last quarter of the window. */
  #window({ windows, default: usual }: Widths): number {
    const { bytes } = this.#own;
    const window = windows.find((bits) => bytes <= 2 ** bits) ?? usual;
    return bytes >= 2 ** window * 0.75 ? window : usual;
  }
}

/** The least start of a mapping that may tell a width; undefined where none does. */
export function tellingAddress(facts: Facts): number | undefined {
  const widths = widthsOf(facts);
  if (widths === undefined) return undefined;
  return widths === x86 ? 2 ** x86.default - margin : 0;
}
