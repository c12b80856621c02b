/** How ops become a table: one after the other, each area stored once. */

import type { OpenFile } from "../trace/file.ts";
import { Numbers } from "./numbers.ts";
import type { OpSink } from "./op-sink.ts";
import { type Columns, columnsFor, copyRows, type Extra, opNumber, ways } from "./op-table.ts";
import { Ops } from "./ops.ts";
import type { Area, Op, Origin, Position } from "./program.ts";

type MapOp = Extract<Op, { kind: "map" }>;
type ProbeOp = Extract<Op, { kind: "probe" }>;
type FixOp = Extract<Op, { kind: "fix" }>;

const wayNumber = new Map(ways.map((way, index) => [way, index]));

/** Most rows of one chunk. */
const largestChunk = 65_536;

export class OpWriter implements OpSink {
  /** Chunks that are full. */
  readonly #chunks: Columns[] = [];
  /** The chunk that is filled, and its rows. */
  #columns: Columns = columnsFor(64);
  #rows = 0;
  /** Rows of the full chunks. */
  #before = 0;
  readonly #areas: Area[] = [];
  readonly #extras: Extra[] = [];
  readonly #areaOf = new Map<Area | string, number>();
  readonly #extraOf = new Map<string, number>();
  readonly #files = new Numbers<string>();
  readonly #fileOf = new WeakMap<OpenFile, number>();
  readonly #vmFlags = new Numbers<readonly string[] | undefined>();

  /** `base`: whose rows are to be copied, among others. */
  constructor(base?: Ops) {
    for (const area of base?.table.areas ?? []) {
      const index = this.#areas.push(area) - 1;
      this.#areaOf.set(area, index).set(this.#keyOf(area), index);
    }
    for (const extra of base?.table.extras ?? []) this.#extras.push(extra);
  }

  static opsOf(ops: Iterable<Op>): Ops {
    const writer = new OpWriter();
    for (const op of ops) writer.push(op);
    return writer.done();
  }

  get length(): number {
    return this.#before + this.#rows;
  }

  /** Append rows [from, to) of the base. */
  copy(base: Ops, from: number, to: number): void {
    for (let at = from; at < to; ) {
      const end = Math.min(to, at + this.#room());
      copyRows(this.#columns, this.#rows, base.table, at, end);
      this.#rows += end - at;
      at = end;
    }
  }

  /** All ops; nothing can be pushed from then on. */
  done(): Ops {
    const columns = columnsFor(this.length);
    let at = 0;
    for (let chunk = this.#chunks.shift(); chunk !== undefined; chunk = this.#chunks.shift()) {
      copyRows(columns, at, chunk, 0, chunk.kind.length);
      at += chunk.kind.length;
    }
    copyRows(columns, at, this.#columns, 0, this.#rows);
    return new Ops({ ...columns, areas: this.#areas, extras: this.#extras });
  }

  push(op: Op): void {
    const row = this.#row(op.kind, op);
    switch (op.kind) {
      case "enter":
      case "fork":
      case "exit":
        this.#columns.object[row] = op.space;
        break;
      case "map":
        this.#columns.object[row] = op.object;
        this.#columns.recorded[row] = op.recorded;
        this.#place(row, op);
        break;
      case "probe":
        this.#place(row, op);
        break;
      case "fix":
        this.#fix(row, op);
        break;
      case "snapshot": {
        const { source, exact, areas } = op;
        this.#extra(row, { snapshot: { source, exact, areas } });
        break;
      }
      default:
        this.#range(row, op);
    }
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
    columns.sourceObject[row] = -1;
    columns.area[row] = -1;
    columns.open[row] = -1;
    columns.extra[row] = -1;
    this.#rows += 1;
    return row;
  }

  #extra(row: number, extra: Extra): void {
    this.#columns.extra[row] = this.#extras.push(extra) - 1;
  }

  /** What is often the same and says it in a word. */
  #sameExtra(row: number, key: string, extra: Extra): void {
    const known = this.#extraOf.get(key) ?? this.#extras.push(extra) - 1;
    this.#extraOf.set(key, known);
    this.#columns.extra[row] = known;
  }

  #at(row: number, at: Position | undefined): void {
    if (at === undefined) return;
    this.#columns.atObject[row] = at.object;
    this.#columns.atOffset[row] = at.offset;
  }

  #source(row: number, source: Position | undefined): void {
    if (source === undefined) return;
    this.#columns.sourceObject[row] = source.object;
    this.#columns.sourceOffset[row] = source.offset;
  }

  #mapped(row: number, op: MapOp | ProbeOp | FixOp): void {
    this.#columns.pages[row] = op.pages;
    this.#columns.guard[row] = op.guard;
    this.#columns.area[row] = this.#areaIndex(op.area);
    this.#columns.open[row] = op.area.file?.id ?? -1;
    this.#source(row, op.source);
  }

  #place(row: number, op: MapOp | ProbeOp): void {
    this.#mapped(row, op);
    this.#at(row, op.hint);
    const { kept, startGap, searches } = op;
    this.#columns.how[row] = wayNumber.get(op.how) ?? 0;
    this.#columns.low32[row] = op.low32 ? 1 : 0;
    this.#columns.above4g[row] = op.above4g ? 1 : 0;
    const failed = op.kind === "probe" ? op.failed : undefined;
    if (kept === undefined && startGap === 0 && searches.length === 0) {
      if (failed !== undefined) this.#sameExtra(row, `failed ${failed}`, { failed });
      return;
    }
    this.#extra(row, {
      ...(kept !== undefined && { kept }),
      ...(startGap !== 0 && { startGap }),
      ...(searches.length > 0 && { searches }),
      ...(failed !== undefined && { failed }),
    });
  }

  #fix(row: number, op: FixOp): void {
    this.#columns.object[row] = op.object;
    this.#columns.recorded[row] = op.recorded;
    this.#mapped(row, op);
    this.#at(row, op.at);
    const { kept, align, alignOffset } = op;
    if (kept === undefined && align === undefined && alignOffset === undefined) return;
    this.#extra(row, {
      ...(kept !== undefined && { kept }),
      ...(align !== undefined && { align }),
      ...(alignOffset !== undefined && { alignOffset }),
    });
  }

  #range(
    row: number,
    op: Extract<Op, { kind: "release" | "protect" | "advise" | "discard" | "touch" }>,
  ): void {
    this.#at(row, op.at);
    this.#columns.pages[row] = op.pages;
    if (op.kind === "protect") this.#columns.guard[row] = op.prot;
    else if (op.kind === "advise") {
      const { change } = op;
      this.#sameExtra(row, JSON.stringify(change), { change });
    } else if (op.kind === "release" && op.spare !== undefined)
      this.#extra(row, { spare: op.spare });
  }

  #areaIndex(area: Area): number {
    const same = this.#areaOf.get(area);
    if (same !== undefined) return same;
    const key = this.#keyOf(area);
    const known = this.#areaOf.get(key) ?? this.#areas.push(ofNoOpen(area)) - 1;
    this.#areaOf.set(key, known);
    return known;
  }

  /** The same for areas that differ in the open of their file alone. */
  #keyOf({ backing, file, prot, shared, pgoff, flags, huge, shm, name, vmFlags }: Area): string {
    const numbers = `${this.#fileNumber(file)} ${prot} ${pgoff} ${flags} ${huge} ${shm}`;
    return `${backing} ${numbers} ${shared} ${this.#vmFlags.of(vmFlags)} ${name}`;
  }

  #fileNumber(file: OpenFile | undefined): number {
    if (file === undefined) return -1;
    const known = this.#fileOf.get(file);
    if (known !== undefined) return known;
    const number = this.#files.of(JSON.stringify({ ...file, id: -1 }));
    this.#fileOf.set(file, number);
    return number;
  }
}

const ofNoOpen = (area: Area): Area =>
  area.file === undefined || area.file.id === -1
    ? area
    : { ...area, file: { ...area.file, id: -1 } };
