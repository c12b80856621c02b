/** How what walks found becomes rows. */

import { type IdiomColumns, idiomColumns, rowClasses, rowLists } from "./idiom-table.ts";
import type { Literal, Trim } from "./types.ts";
import type { Walk } from "./walk.ts";

/** What a walk amounts to. */
export interface Found
  extends Pick<Trim, "align" | "form" | "low" | "kept" | "guard" | "isBacked"> {
  readonly class: (Trim | Literal)["class"];
}

export class IdiomRows {
  readonly #columns: IdiomColumns;
  #rows = 0;
  #items = 0;

  /** At most so many rows, and ops in their lists. */
  constructor(rows: number, items: number) {
    this.#columns = idiomColumns(rows, items);
  }

  push(walk: Walk, found: Found): void {
    const columns = this.#columns;
    const row = this.#rows++;
    columns.class[row] = rowClasses.indexOf(found.class);
    columns.lessPage[row] = found.form === "A-P" ? 1 : 0;
    columns.backed[row] = found.isBacked ? 1 : 0;
    columns.space[row] = walk.space;
    columns.op[row] = walk.op;
    columns.line[row] = walk.map.line;
    columns.object[row] = walk.map.object;
    columns.pages[row] = walk.map.pages;
    columns.align[row] = found.align;
    columns.low[row] = found.low;
    columns.kept[row] = found.kept;
    columns.guard[row] = found.guard;
    columns.cutCalls[row] = walk.cutCalls;
    const lists = { ...walk, overlays: walk.overlays.map(({ op }) => op) };
    for (const [list, name] of rowLists.entries()) {
      for (const op of lists[name]) columns.items[this.#items++] = op;
      columns.ends[rowLists.length * row + list] = this.#items;
    }
  }

  /** The columns, as long as they are filled. */
  done(): IdiomColumns {
    const all = this.#columns;
    const first = <T extends Int32Array | Uint32Array | Float64Array | Uint8Array>(
      column: T,
      each = 1,
    ) => column.subarray(0, each * this.#rows) as T;
    return {
      class: first(all.class),
      lessPage: first(all.lessPage),
      backed: first(all.backed),
      space: first(all.space),
      op: first(all.op),
      line: first(all.line),
      object: first(all.object),
      pages: first(all.pages),
      align: first(all.align),
      low: first(all.low),
      kept: first(all.kept),
      guard: first(all.guard),
      cutCalls: first(all.cutCalls),
      ends: first(all.ends, rowLists.length),
      items: all.items.subarray(0, this.#items),
    };
  }
}
