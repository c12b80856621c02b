/** An op table where a shelf keeps it: in short pieces, none of which holds what is nowhere set. */

import type { Shelf } from "../trace/block.ts";
import { type Columns, columnsFor, type OpTable } from "./op-table.ts";

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

interface Stored {
  readonly length: number;
  readonly pieces: ReadonlyMap<keyof Columns, readonly Piece[]>;
  readonly areas: OpTable["areas"];
  readonly extras: OpTable["extras"];
}

/** A function of its own: one made beside the table would hold it. */
const maker =
  ({ length, pieces, areas, extras }: Stored) =>
  (): OpTable => {
    const made = columnsFor(length);
    for (const [name, all] of pieces) {
      for (const [at, piece] of all.entries()) {
        if (piece !== undefined) made[name].set(piece(), at * pieceRows);
      }
    }
    return { ...made, areas, extras };
  };

/** Puts the columns of a table away; what it gives makes them anew. */
export function resting(table: OpTable, shelf: Shelf): () => OpTable {
  const { areas, extras } = table;
  const pieces = new Map(names.map((name) => [name, piecesOf(table[name], shelf)]));
  return maker({ length: table.kind.length, pieces, areas, extras });
}
