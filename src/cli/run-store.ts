/** How commands use a store of runs, and tell what is odd about it. */

import { existsSync } from "node:fs";
import { Diagnostics, MmreplayError } from "../errors.ts";
import type { Run } from "../history/run.ts";
import { runsOf } from "../history/store.ts";
import { printWarnings } from "./io.ts";

export const storeArgument = {
  type: "string",
  demandOption: true,
  describe: "file of runs",
} as const;

/** What is odd about a store is told, whatever comes of reading it. */
export async function withWarnings<T>(
  path: string,
  quiet: boolean,
  read: (diagnostics: Diagnostics) => Promise<T>,
): Promise<T> {
  const diagnostics = new Diagnostics();
  try {
    return await read(diagnostics);
  } finally {
    printWarnings(diagnostics, path, quiet);
  }
}

/** Use the runs of a store; throws `io/missing`, `history/...`. */
export async function withRuns<T>(
  path: string,
  quiet: boolean,
  use: (runs: AsyncIterable<Run>) => Promise<T>,
): Promise<T> {
  if (existsSync(path)) {
    return withWarnings(path, quiet, (diagnostics) => use(runsOf(path, diagnostics)));
  }
  throw new MmreplayError("io/missing", "no such store", {
    at: { file: path },
    hint: "make one: mmreplay history add STORE REPORT.json",
  });
}
