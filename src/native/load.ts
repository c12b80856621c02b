/** How what is built from `native/` gets into this process, with one error if it cannot. */

import { createRequire } from "node:module";
import { MmreplayError } from "../errors.ts";

/** The address spaces of one trace under one policy; columns and kinds of the tables are in `place/wire.ts`. */
export interface Spaces {
  /**
   * Runs the ops and returns the number of searches run. `out` needs a row per op, `found` one per row that
   * searches and that the ops name. Throws, with `code` `InvalidArg`, for a table that is no valid table.
   */
  run(ops: Float64Array, searches: Float64Array, out: Float64Array, found: Float64Array): number;
  /** Gives the memory back before the garbage collector does; `run` fails from then on. */
  free(): void;
}

/**
 * Reads columns of a trace file: `rows` says of each where its bytes are in `data` and `low`, and is told where its numbers are in the
 * buffer that comes back. What stands in a row is in `trace/column-reader.ts`. Throws, with `code` `InvalidArg`, where bytes are no column.
 */
export type ReadColumns = (rows: Float64Array, data: Uint8Array, low: Uint8Array) => ArrayBuffer;

/**
 * Tells the addresses of the events of a block: `shapes` has a row for each shape (`trace/addresses.ts`), `places` the place of each event's
 * shape, `tasks` and `flags` the numbers of the columns of those; `rows` say how many of `numbers` each column has.
 */
export type WriteAddresses = (
  shapes: Float64Array,
  places: Uint16Array,
  tasks: Float64Array,
  flags: Float64Array,
  rows: Float64Array,
  numbers: Float64Array,
) => Uint8Array;

/** The other way: `rows` are told where the columns are in the buffer that comes back, as by `ReadColumns`. Throws, with `code` `InvalidArg`, where no such events have the bytes. */
export type ReadAddresses = (
  shapes: Float64Array,
  places: Uint16Array,
  tasks: Float64Array,
  flags: Float64Array,
  rows: Float64Array,
  bytes: Uint8Array,
) => ArrayBuffer;

interface Binding {
  readonly Spaces: new () => Spaces;
  readonly readColumns: ReadColumns;
  readonly writeAddresses: WriteAddresses;
  readonly readAddresses: ReadAddresses;
}

const loader = "../../native/prebuilt/index.cjs";
let binding: Binding | undefined;

/** One empty space with id 0, current; no objects. */
export function openSpaces(): Spaces {
  binding ??= load();
  return new binding.Spaces();
}

export const readColumns: ReadColumns = (rows, data, low) => {
  binding ??= load();
  return binding.readColumns(rows, data, low);
};

export const writeAddresses: WriteAddresses = (...given) => {
  binding ??= load();
  return binding.writeAddresses(...given);
};

export const readAddresses: ReadAddresses = (...given) => {
  binding ??= load();
  return binding.readAddresses(...given);
};

function load(): Binding {
  try {
    return createRequire(import.meta.url)(loader);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new MmreplayError("native/not-built", `the native part cannot be loaded: ${reason}`, {
      hint: "run scripts/mmreplay or npm run build",
    });
  }
}
