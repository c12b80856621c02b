/** How ops become a table: one after the other, each area stored once. */

import { OpAreas } from "./op-areas.ts";
import type { FixOp, OpSink, Placing, RangeOp, Spare } from "./op-sink.ts";
import {
  type Columns,
  columnsFor,
  copyRows,
  type Extra,
  firstRows,
  type OpTable,
  opNumber,
  ways,
} from "./op-table.ts";
import { Ops } from "./ops.ts";
import type { Advice, Op, Origin, Position } from "./program.ts";

const wayNumber = new Map(ways.map((way, index) => [way, index]));

/** Rows of the first chunk at least, and of the later ones at most. */
const smallestChunk = 64;
const largestChunk = 65_536;

export class OpWriter implements OpSink {
  readonly keeps = true;
  /** Chunks that are full. */
  readonly #chunks: Columns[] = [];
  /** The chunk that is filled, and its rows. */
  #columns: Columns;
  #rows = 0;
  /** Rows of the full chunks. */
  #before = 0;
  readonly #areas: OpAreas;
  readonly #extras: Extra[];
  readonly #extraOf = new Map<string, number>();
  /** What the last advice changed, which is often the same object each time, and its extra. */
  #lastChange: Advice | undefined;
  #lastExtra = 0;

  /**
   * `base`: whose rows are to be copied, among others; `expected`: so many ops need no second copy of the table when they
   * are done. What is expected and does not come takes no memory, since nobody writes to it.
   */
  constructor(base?: OpTable, expected = 0) {
    this.#columns = columnsFor(Math.max(expected, smallestChunk));
    this.#areas = new OpAreas(base?.areas);
    this.#extras = [...(base?.extras ?? [])];
  }

  static opsOf(ops: Iterable<Op>): Ops {
    const writer = new OpWriter();
    for (const op of ops) writer.push(op);
    return writer.done();
  }

  get length(): number {
    return this.#before + this.#rows;
  }

  /** Append rows [from, to) of a table with the areas and extras of the base. */
  copy(base: OpTable, from: number, to: number): void {
    for (let at = from; at < to; ) {
      const end = Math.min(to, at + this.#room());
      copyRows(this.#columns, this.#rows, base, at, end);
      this.#rows += end - at;
      at = end;
    }
  }

  /** All ops; nothing can be pushed from then on. */
  done(): Ops {
    const [areas, extras] = [this.#areas.all, this.#extras];
    if (this.#before === 0)
      return new Ops({ ...firstRows(this.#columns, this.#rows), areas, extras });
    const columns = columnsFor(this.length);
    let at = 0;
    for (let chunk = this.#chunks.shift(); chunk !== undefined; chunk = this.#chunks.shift()) {
      copyRows(columns, at, chunk, 0, chunk.kind.length);
      at += chunk.kind.length;
    }
    copyRows(columns, at, this.#columns, 0, this.#rows);
    return new Ops({ ...columns, areas, extras });
  }

  push(op: Op): void {
    switch (op.kind) {
      case "enter":
      case "fork":
      case "exit": {
        const row = this.#row(op.kind, op);
        this.#columns.object[row] = op.space;
        break;
      }
      case "map":
        this.map(op.object, op.recorded, op, op);
        break;
      case "probe":
        this.#place(this.#row("probe", op), op, op.failed);
        break;
      case "fix":
        this.fix(op, op);
        break;
      case "release":
        this.release(op.at, op.pages, op.spare, op);
        break;
      case "snapshot": {
        const { source, exact, areas } = op;
        this.#extra(this.#row("snapshot", op), { snapshot: { source, exact, areas } });
        break;
      }
      default:
        this.#range(op);
    }
  }

  map(object: number, recorded: number, placing: Placing, from: Origin): void {
    const row = this.#row("map", from);
    this.#columns.object[row] = object;
    this.#columns.recorded[row] = recorded;
    this.#place(row, placing);
  }

  fix(op: Omit<FixOp, "kind" | keyof Origin>, from: Origin): void {
    const row = this.#row("fix", from);
    this.#columns.object[row] = op.object;
    this.#columns.recorded[row] = op.recorded;
    this.#mapped(row, op);
    this.#at(row, op.at);
    const { kept, align, alignOffset } = op;
    if (kept === undefined && align === undefined && alignOffset === undefined) return;
    const extra = {
      ...(kept !== undefined && { kept }),
      ...(align !== undefined && { align }),
      ...(alignOffset !== undefined && { alignOffset }),
    };
    if (kept === undefined)
      this.#columns.extra[row] = this.#sameExtra(`fix ${align} ${alignOffset}`, extra);
    else this.#extra(row, extra);
  }

  release(at: Position, pages: number, spare: Spare | undefined, from: Origin): void {
    const row = this.#row("release", from);
    this.#at(row, at);
    this.#columns.pages[row] = pages;
    if (spare === undefined) return;
    this.#columns.sourceObject[row] = spare.object;
    this.#columns.sourceOffset[row] = spare.pages;
  }

  /** Rows that are free in the chunk; there is one at least. */
  #room(): number {
    const { length } = this.#columns.kind;
    if (this.#rows < length) return length - this.#rows;
    this.#chunks.push(this.#columns);
    this.#before += length;
    this.#columns = columnsFor(Math.min(2 * length, largestChunk));
    this.#rows = 0;
    return this.#columns.kind.length;
  }

  #row(kind: Op["kind"], { event, line }: Origin): number {
    this.#room();
    const row = this.#rows;
    const columns = this.#columns;
    columns.kind[row] = opNumber[kind];
    columns.event[row] = event;
    columns.line[row] = line;
    columns.atObject[row] = -1;
    columns.area[row] = -1;
    this.#rows += 1;
    return row;
  }

  #extra(row: number, extra: Extra): void {
    this.#columns.extra[row] = this.#extras.push(extra);
  }

  /** The number of what is often the same and says it in a word. */
  #sameExtra(key: string, extra: Extra): number {
    const known = this.#extraOf.get(key) ?? this.#extras.push(extra);
    this.#extraOf.set(key, known);
    return known;
  }

  #at(row: number, { object, offset }: Position): void {
    this.#columns.atObject[row] = object;
    this.#columns.atOffset[row] = offset;
  }

  #mapped(
    row: number,
    { pages, guard, area, source }: Placing | Parameters<OpSink["fix"]>[0],
  ): void {
    this.#columns.pages[row] = pages;
    if (guard !== 0) this.#columns.guard[row] = guard;
    this.#columns.area[row] = this.#areas.of(area);
    if (area.file !== undefined) this.#columns.open[row] = area.file.id + 1;
    if (source === undefined) return;
    this.#columns.sourceObject[row] = source.object;
    this.#columns.sourceOffset[row] = source.offset;
  }

  #place(row: number, placing: Placing, failed?: string): void {
    this.#mapped(row, placing);
    const { hint, how, low32, above4g, kept, startGap, searches } = placing;
    if (hint !== undefined) this.#at(row, hint);
    this.#columns.how[row] = wayNumber.get(how) ?? 0;
    if (low32) this.#columns.low32[row] = 1;
    if (above4g) this.#columns.above4g[row] = 1;
    if (kept === undefined && startGap === 0 && searches.length === 0) {
      if (failed !== undefined)
        this.#columns.extra[row] = this.#sameExtra(`failed ${failed}`, { failed });
      return;
    }
    this.#extra(row, {
      ...(kept !== undefined && { kept }),
      ...(startGap !== 0 && { startGap }),
      ...(searches.length > 0 && { searches }),
      ...(failed !== undefined && { failed }),
    });
  }

  #range(op: Exclude<RangeOp, { kind: "release" }>): void {
    const row = this.#row(op.kind, op);
    this.#at(row, op.at);
    this.#columns.pages[row] = op.pages;
    if (op.kind === "protect") this.#columns.guard[row] = op.prot;
    else if (op.kind === "advise") {
      if (op.change !== this.#lastChange) {
        this.#lastExtra = this.#sameExtra(JSON.stringify(op.change), { change: op.change });
        this.#lastChange = op.change;
      }
      this.#columns.extra[row] = this.#lastExtra;
    }
  }
}
