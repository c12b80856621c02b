/** How the gap search built from `native/` gets into this process, with one error if it cannot. */

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

interface Binding {
  readonly Spaces: new () => Spaces;
}

const loader = "../../native/prebuilt/index.cjs";
let binding: Binding | undefined;

/** One empty space with id 0, current; no objects. */
export function openSpaces(): Spaces {
  binding ??= load();
  return new binding.Spaces();
}

function load(): Binding {
  try {
    return createRequire(import.meta.url)(loader);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new MmreplayError("native/not-built", `the gap search cannot be loaded: ${reason}`, {
      hint: "run scripts/mmreplay or npm run build",
    });
  }
}
