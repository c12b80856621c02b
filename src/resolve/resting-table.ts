/** An op table where a shelf keeps it: in short pieces, none of which holds what is nowhere set. */

import type { Shelf } from "../trace/block.ts";
import { type Columns, columnsFor, firstRows, type OpTable } from "./op-table.ts";

type Column = Columns[keyof Columns];

/** Rows of a piece: few, since what is put on a shelf and what comes from it is copied. */
const pieceRows = 65_536;

type Piece = (() => Column) | undefined;

const names = Object.keys(columnsFor(0)) as readonly (keyof Columns)[];

function piecesOf(column: Column, shelf: Shelf): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let from = 0; from < column.length; from += pieceRows) {
    const piece = column.subarray(from, from + pieceRows);
    // A view would take the whole column with it.
    pieces.push(piece.some((value) => value !== 0) ? shelf(piece.slice()) : undefined);
  }
  return pieces;
}

export class RestingTable {
  readonly #length: number;
  readonly #pieces: ReadonlyMap<keyof Columns, readonly Piece[]>;
  readonly #rest: Pick<OpTable, "areas" | "extras">;
  readonly #zeros = columnsFor(pieceRows);

  /** Puts the columns of a table away. */
  constructor(table: OpTable, shelf: Shelf) {
    const { areas, extras } = table;
    this.#length = table.kind.length;
    this.#pieces = new Map(names.map((name) => [name, piecesOf(table[name], shelf)]));
    this.#rest = { areas, extras };
  }

  /** The table, made anew. */
  table(): OpTable {
    const made = columnsFor(this.#length);
    for (const [name, pieces] of this.#pieces) {
      for (const [at, piece] of pieces.entries()) {
        if (piece !== undefined) made[name].set(piece(), at * pieceRows);
      }
    }
    return { ...made, ...this.#rest };
  }

  /** The rows of the piece that a row is in, and the first of them; what is nowhere set is not to be written to. */
  around(row: number): { readonly from: number; readonly table: OpTable } {
    const at = Math.floor(row / pieceRows);
    const from = at * pieceRows;
    const nothing = firstRows(this.#zeros, Math.min(pieceRows, this.#length - from));
    const columns = names.map((name) => [name, this.#pieces.get(name)?.[at]?.() ?? nothing[name]]);
    return { from, table: { ...(Object.fromEntries(columns) as Columns), ...this.#rest } };
  }
}
