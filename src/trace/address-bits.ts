/** How many bits the addresses of the recorded machine have, as the events prove, and of which architecture that is a sign. */

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

/** Of an architecture that nothing has told. */
const unknown: Widths = { windows: [38, 39, 47, 48], default: 47, wide: 56 };

/** Windows that one architecture alone has; x86-64 counts where none is told. */
const signs: ReadonlyMap<number, string> = new Map([
  [38, "riscv64"],
  [39, "arm64"],
  [48, "arm64"],
]);

/** Undefined where the width is known, or the architecture not modelled. */
function widthsOf({ taskSizeBits, arch, pageSize }: Facts): Widths | undefined {
  if (taskSizeBits !== undefined) return undefined;
  if (arch === undefined) return unknown;
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
  readonly #windows: readonly number[];
  /** The first line that shows an address beyond a window of so many bits. */
  readonly #beyond = new Map<number, number>();
  #own = { bytes: 0, line: 0 };

  constructor(facts: Facts) {
    this.#windows = widthsOf(facts)?.windows ?? [];
  }

  see(event: Event): void {
    if (this.#windows.length === 0) return;
    const bytes = reach(event);
    for (const bits of this.#windows)
      if (bytes > 2 ** bits && !this.#beyond.has(bits)) this.#beyond.set(bits, event.line);
    const own = ownReach(event);
    if (own > this.#own.bytes) this.#own = { bytes: own, line: event.line };
  }

  /** The facts with the width added where it is another than the architecture's default, and the architecture it tells. */
  added(facts: Facts): Facts {
    const arch = facts.arch ?? this.#sign();
    const widths = widthsOf({ ...facts, arch: arch ?? "x86-64" });
    if (widths === undefined) return facts;
    const window = this.#window(widths);
    const wide = this.#beyond.get(window);
    const bits = wide === undefined ? window : widths.wide;
    const inferred = [...facts.inferred];
    const own = `the highest address that the kernel chose, in line ${this.#own.line}`;
    if (arch !== facts.arch) inferred.push(`${arch}, from ${own}`);
    if (bits !== widths.default) {
      const name = widths === x86 ? "5-level paging" : `${bits}-bit addresses`;
      inferred.push(
        `${name}, from ${wide === undefined ? own : `an address above 2^${window} in line ${wide}`}`,
      );
    }
    return {
      ...facts,
      ...(arch !== undefined && { arch }),
      ...(bits !== widths.default && { taskSizeBits: bits }),
      inferred,
    };
  }

  /** A top-down mmap_base, and the stack all the more, lies in the last quarter of the window. */
  #window({ windows, default: usual }: Widths): number {
    const { bytes } = this.#own;
    const window = windows.find((bits) => bytes <= 2 ** bits) ?? usual;
    return bytes >= 2 ** window * 0.75 ? window : usual;
  }

  /** The architecture, where only one has such a window; what lies above it would have to be the same machine's. */
  #sign(): string | undefined {
    const window = this.#window(unknown);
    return window < unknown.default && this.#beyond.has(window) ? undefined : signs.get(window);
  }
}

/** May mappings tell a width, of whose starts it is known if one is at least so high? */
export function mayTellWidth(facts: Facts, reaches: (least: number) => boolean): boolean {
  const widths = widthsOf(facts);
  if (widths === undefined) return false;
  if (widths !== x86 && widths !== unknown) return true;
  if (reaches(2 ** x86.default - margin)) return true;
  return widths === unknown && !reaches(2 ** (x86.default - 1));
}
