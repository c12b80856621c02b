/** How paths on the command line become traces. */

import { Diagnostics, MmreplayError } from "../errors.ts";
import { type Reading, readAll } from "../formats/bundle.ts";
import type { ReadOptions } from "../formats/types.ts";
import { proven } from "../trace/infer.ts";
import type { Trace } from "../trace/trace.ts";
import { type Located, locate, printWarnings } from "./io.ts";
import { placed, withText } from "./quoted-line.ts";
import { makeShelf } from "./shelf.ts";
import { refuseWarnings } from "./strict.ts";
import { visible } from "./visible.ts";

export type { Located } from "./io.ts";

/** Every recording of a path; `diagnostics` gets what belongs to none of them. */
export async function readingsOf(
  located: Located,
  diagnostics: Diagnostics,
  options: ReadOptions = {},
): Promise<readonly Reading[]> {
  const shelf = makeShelf();
  try {
    const readings = await readAll(located, diagnostics, { ...options, shelf });
    return readings.map((reading) => {
      const { trace } = reading;
      const name = visible(nameOf(located, trace.name));
      return { ...reading, trace: proven({ ...trace, name }, shelf) };
    });
  } catch (error) {
    throw error instanceof MmreplayError
      ? placed(await withText(error, located.sources), located)
      : error;
  }
}

/** A trace file is called what its owner called it; a recording keeps the name of its run. */
function nameOf({ path, apart }: Located, name: string): string {
  if (apart === true) return name;
  const own = /([^/]+)\.mmtrace$/.exec(path)?.[1];
  return own ?? name;
}

/** How what is odd about a recording is told. */
export interface Loading {
  readonly quiet?: boolean;
  /** Warnings are errors. */
  readonly strict?: boolean;
  readonly print?: typeof printWarnings;
}

/** Read one path: a trace, a recording, or a folder with the files of one or more runs. */
export async function load(
  path: string,
  { quiet = false, strict = false, print = printWarnings }: Loading = {},
): Promise<readonly Trace[]> {
  const located = locate(path);
  const diagnostics = new Diagnostics();
  const readings = await readingsOf(located, diagnostics);
  for (const reading of readings) diagnostics.add(reading.diagnostics);
  print(diagnostics, located.path, quiet);
  if (strict) await refuseWarnings({ name: located.path, diagnostics }, located);
  return readings.map(({ trace }) => trace);
}

/** Read several paths, each for itself. */
export async function loadAll(paths: readonly string[], quiet: boolean): Promise<readonly Trace[]> {
  const loaded: Trace[] = [];
  for (const path of paths) loaded.push(...(await load(path, { quiet })));
  return loaded;
}
