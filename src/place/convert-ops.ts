/** How one op is rounded to pages of another size, and moved with its address space. */

import type { Arch } from "../arch/types.ts";
import type { Area, How, Op, Position } from "../resolve/program.ts";
import { alignDown, modulo } from "../units.ts";

/** What had to be rounded, for the report. */
export interface Conversion {
  /** The architecture of the recording. */
  readonly recordedOn: string;
  /** Bytes of a page there, and now. */
  readonly from: number;
  readonly to: number;
  /** Mappings that became longer, and by how many bytes together. */
  lengths: number;
  lengthBytes: number;
  /** File offsets rounded down; the mapping begins that much earlier. */
  offsets: number;
  /** Fixed mappings rounded outward: they replace neighbours. */
  fixed: number;
  /** mprotect and madvise of parts, rounded outward. */
  changes: number;
  /** munmap of parts, rounded inward, and of those the ones with nothing left. */
  unmaps: number;
  droppedUnmaps: number;
}

/** Bytes of an object in the recording, and of the page part that now comes before it. */
interface Extent {
  readonly lead: number;
  readonly bytes: number;
}

/** mmap_base of a space; bytes. */
export interface Bases {
  readonly old: number;
  readonly new: number;
  /** By how much the program and its heap move, once the first of their places is known. */
  program?: number;
}

/** The program moves by whole blocks of this many bytes, so that it stays congruent. */
const blockBytes = 2 ** 30;

/**
 * Bytes by which an absolute place moves with mmap_base: all the way near it, where the interpreter and the vdso lie; in
 * proportion near the program (ELF_ET_DYN_BASE is two thirds of the window); not at all below.
 */
function shiftOf(bytes: number, bases: Bases | undefined, pageBytes: number): number {
  if (bases === undefined) return 0;
  const share = bytes / bases.old;
  const way = bases.new - bases.old;
  if (share > 5 / 6 && share < 7 / 6) return alignDown(way, pageBytes);
  if (share <= 1 / 2 || share >= 1) return 0;
  bases.program ??= alignDown(way * share, blockBytes);
  return bases.program;
}

type Placed = Extract<Op, { kind: "map" | "probe" | "fix" }>;
type Placing = Extract<Op, { kind: "map" | "probe" }>;
type Release = Extract<Op, { kind: "release" }>;
type Change = Extract<Op, { kind: "protect" | "advise" }>;

/** Rounds the ops of a program one after the other, and counts what that changes. */
export class Converter {
  readonly conversion: Conversion;
  readonly #from: number;
  readonly #to: number;
  readonly #extents = new Map<number, Extent>();
  /** By space: recorded and new mmap_base, bytes. */
  readonly #bases: ReadonlyMap<number, Bases>;
  #current: Bases | undefined;

  constructor(
    { id, pageBytes: from }: Pick<Arch, "id" | "pageBytes">,
    { pageBytes: to }: Pick<Arch, "pageBytes">,
    bases: ReadonlyMap<number, Bases>,
  ) {
    this.#bases = bases;
    this.#from = from;
    this.#to = to;
    this.conversion = {
      recordedOn: id,
      from,
      to,
      lengths: 0,
      lengthBytes: 0,
      offsets: 0,
      fixed: 0,
      changes: 0,
      unmaps: 0,
      droppedUnmaps: 0,
    };
  }

  /** Bytes from the (converted) start of a position's object. */
  #bytesAt({ object, offset }: Position): number {
    const bytes = offset * this.#from;
    if (object === 0) return bytes + shiftOf(bytes, this.#current, this.#to);
    return bytes + (this.#extents.get(object)?.lead ?? 0);
  }

  #down = (bytes: number): number => Math.floor(bytes / this.#to);
  #up = (bytes: number): number => Math.ceil(bytes / this.#to);

  /** The page of a position; the end of an object stays its end, and a heap begins above what it follows. */
  #position(at: Position, how?: How): Position {
    const bytes = this.#bytesAt(at);
    const atEnd = at.object !== 0 && at.offset * this.#from === this.#bytesOf(at.object);
    const up = atEnd || how === "brk";
    return { object: at.object, offset: up ? this.#up(bytes) : this.#down(bytes) };
  }

  #bytesOf(object: number): number {
    return this.#extents.get(object)?.bytes ?? 0;
  }

  /** Note an object, and give its pages. */
  #extent({ pages }: Placed, object: number, lead: number): number {
    const bytes = pages * this.#from;
    if (object !== 0) this.#extents.set(object, { lead, bytes });
    const longer = this.#up(lead + bytes) * this.#to - bytes;
    if (longer > 0) {
      this.conversion.lengths += 1;
      this.conversion.lengthBytes += longer;
    }
    return this.#up(lead + bytes);
  }

  #area(area: Area, lead: number): Area {
    const pgoff = this.#down(Math.max(0, area.pgoff * this.#from - lead));
    const huge = area.huge === undefined ? undefined : this.#up(area.huge * this.#from);
    return { ...area, pgoff, ...(huge !== undefined && { huge }) };
  }

  #place<T extends Placing>(op: T): T {
    const { area } = op;
    // What moves keeps its place within a page; a file has to begin at a page of its own.
    const start = area.backing === "file" ? area.pgoff * this.#from : 0;
    const lead = modulo(op.source === undefined ? start : this.#bytesAt(op.source), this.#to);
    if (op.source === undefined && lead > 0) this.conversion.offsets += 1;
    return {
      ...op,
      ...this.#source(op, lead),
      pages: this.#extent(op, op.kind === "map" ? op.object : 0, lead),
      area: this.#area(area, lead),
      ...(op.hint !== undefined && { hint: this.#position(op.hint, op.how) }),
      ...(op.kind === "map" && { recorded: this.#down(op.recorded * this.#from) }),
      searches: [],
    };
  }

  #source(op: Placed, lead: number): Pick<Placed, "source" | "kept"> {
    return {
      ...(op.source !== undefined && { source: this.#position(op.source) }),
      ...(op.kept !== undefined && { kept: this.#up(lead + op.kept * this.#from) }),
    };
  }

  #fix(op: Extract<Op, { kind: "fix" }>): Op {
    const start = this.#bytesAt(op.at);
    const lead = modulo(start, this.#to);
    const pages = this.#extent(op, op.object, lead);
    if (pages * this.#to !== op.pages * this.#from) this.conversion.fixed += 1;
    return {
      ...op,
      ...this.#source(op, lead),
      at: { object: op.at.object, offset: this.#down(start) },
      pages,
      area: this.#area(op.area, lead),
      recorded: this.#down(op.recorded * this.#from),
      ...(op.align !== undefined && { align: Math.max(1, this.#down(op.align * this.#from)) }),
    };
  }

  #release(op: Release): Op | undefined {
    const start = this.#bytesAt(op.at);
    const { object, offset } = op.at;
    const fromStart = object !== 0 && offset === 0;
    const toEnd = object !== 0 && (offset + op.pages) * this.#from === this.#bytesOf(object);
    const first = fromStart ? 0 : this.#up(start);
    const last = (toEnd ? this.#up : this.#down)(start + op.pages * this.#from);
    const whole = fromStart && toEnd;
    if (!whole && (last - first) * this.#to !== op.pages * this.#from) this.conversion.unmaps += 1;
    if (last <= first) {
      this.conversion.droppedUnmaps += 1;
      return undefined;
    }
    const spare = op.spare && {
      object: op.spare.object,
      pages: this.#up(
        (this.#extents.get(op.spare.object)?.lead ?? 0) + op.spare.pages * this.#from,
      ),
    };
    return {
      ...op,
      at: { object, offset: first },
      pages: last - first,
      ...(spare !== undefined && { spare }),
    };
  }

  #change(op: Change): Op {
    const start = this.#bytesAt(op.at);
    const first = this.#down(start);
    const last = this.#up(start + op.pages * this.#from);
    const { object, offset } = op.at;
    const whole = object !== 0 && offset === 0 && op.pages * this.#from === this.#bytesOf(object);
    if (!whole && (last - first) * this.#to !== op.pages * this.#from) this.conversion.changes += 1;
    return { ...op, at: { object, offset: first }, pages: last - first };
  }

  /** All pages that hold some of the range. */
  #pages<T extends Extract<Op, { kind: "discard" | "touch" }>>(op: T): T {
    const start = this.#bytesAt(op.at);
    const first = this.#down(start);
    const pages = this.#up(start + op.pages * this.#from) - first;
    return { ...op, at: { object: op.at.object, offset: first }, pages };
  }

  /** Undefined where nothing is left of an op. */
  op(op: Op): Op | undefined {
    switch (op.kind) {
      case "enter":
        this.#current = this.#bases.get(op.space);
        return op;
      case "map":
      case "probe":
        return this.#place(op);
      case "fix":
        return this.#fix(op);
      case "release":
        return this.#release(op);
      case "protect":
      case "advise":
        return this.#change(op);
      case "discard":
      case "touch":
        return this.#pages(op);
      default:
        return op;
    }
  }
}
