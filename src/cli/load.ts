/** How paths on the command line become traces. */

import { Diagnostics, MmreplayError } from "../errors.ts";
import { bundle } from "../formats/bundle.ts";
import { proven } from "../trace/infer.ts";
import type { Trace } from "../trace/trace.ts";
import { type Located, locate, locateTogether, printWarnings } from "./io.ts";

async function read(
  located: Located,
  quiet: boolean,
  print: typeof printWarnings = printWarnings,
): Promise<readonly Trace[]> {
  const diagnostics = new Diagnostics();
  const traces = await bundle(located, diagnostics).catch((error: unknown) => {
    throw placed(error, located);
  });
  print(diagnostics, located.path, quiet);
  return traces.map((trace) => proven({ ...trace, name: nameOf(located, trace.name) }));
}

/** An error of a file as the command line named it. */
function placed(error: unknown, { path, folder }: Located): unknown {
  if (!(error instanceof MmreplayError)) return error;
  const { at, hint, code, message } = error;
  const inside = folder && at.file !== undefined && !path.endsWith(at.file);
  const file = inside ? `${path}/${at.file}` : path;
  return new MmreplayError(code, message, {
    at: { ...at, file },
    ...(hint !== undefined && { hint }),
  });
}

/** A trace file is called what its owner called it; a recording keeps the name of its run. */
function nameOf({ path }: Located, name: string): string {
  const own = /([^/]+)\.mmtrace$/.exec(path)?.[1];
  return own ?? name;
}

/** Read one path: a trace, a recording, or a folder with the files of one or more runs. */
export function load(
  path: string,
  quiet: boolean,
  print: typeof printWarnings = printWarnings,
): Promise<readonly Trace[]> {
  return read(locate(path), quiet, print);
}

/** Read several paths, each for itself. */
export async function loadAll(paths: readonly string[], quiet: boolean): Promise<readonly Trace[]> {
  const loaded: Trace[] = [];
  for (const path of paths) loaded.push(...(await load(path, quiet)));
  return loaded;
}

/** Read files that belong to one recording: its text, with maps and facts beside it. */
export function loadTogether(paths: readonly string[], quiet: boolean): Promise<readonly Trace[]> {
  return read(locateTogether(paths), quiet);
}
