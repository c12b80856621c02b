/** How paths on the command line become traces. */

import { Diagnostics } from "../errors.ts";
import { bundle } from "../formats/bundle.ts";
import type { Trace } from "../trace/trace.ts";
import { locate, printWarnings } from "./io.ts";

/** A trace with where it came from and what was doubtful about it. */
export interface Loaded {
  readonly path: string;
  readonly trace: Trace;
  readonly diagnostics: Diagnostics;
}

/** Read one path: a trace, a recording, or a folder with the files of one or more runs. */
export async function load(path: string, quiet: boolean): Promise<readonly Loaded[]> {
  const located = locate(path);
  const diagnostics = new Diagnostics();
  const traces = await bundle(located, diagnostics);
  printWarnings(diagnostics, located.path, quiet);
  return traces.map((trace) => ({ path: located.path, trace, diagnostics }));
}

/** Read several, in order. */
export async function loadAll(
  paths: readonly string[],
  quiet: boolean,
): Promise<readonly Loaded[]> {
  const loaded: Loaded[] = [];
  for (const path of paths) loaded.push(...(await load(path, quiet)));
  return loaded;
}
