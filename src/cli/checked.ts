/** How import and events read: with everything that is odd about a recording told, and refused if that is wanted. */

import { Diagnostics } from "../errors.ts";
import type { Reading } from "../formats/bundle.ts";
import { checkTrace } from "../pipeline.ts";
import { printWarnings } from "./io.ts";
import { type Located, readingsOf } from "./load.ts";
import { makeShelf } from "./shelf.ts";
import { refuseWarnings } from "./strict.ts";
import { summaryLines, summed } from "./summary.ts";

export interface Checking {
  readonly quiet: boolean;
  /** Warnings are errors. */
  readonly strict: boolean;
  readonly oneProcess: boolean;
}

/** What people see of one of several recordings. */
function nameAmong({ path, apart }: Located, name: string): string {
  return apart === true ? name : `${path}:${name.split(":").at(-1)}`;
}

/** Read, and resolve once to see whether the calls fit together; `close` prints the summary. */
export async function readChecked(
  located: Located,
  { quiet, strict, oneProcess }: Checking,
): Promise<{ readonly readings: readonly Reading[]; readonly close: () => void }> {
  const diagnostics = new Diagnostics();
  const readings = await readingsOf(located, diagnostics, { oneProcess });
  const named = readings.map((reading) => {
    const { trace, diagnostics: own } = reading;
    const fit = new Diagnostics();
    checkTrace(trace, fit, makeShelf());
    // The reader has told of those.
    fit.warnings.delete("resolve/injected");
    own.add(fit);
    const name = readings.length === 1 ? located.path : nameAmong(located, trace.name);
    return { ...reading, name };
  });
  const all = [{ name: located.path, diagnostics }, ...named];
  for (const one of all) printWarnings(one.diagnostics, one.name, quiet);
  if (strict) for (const one of all) await refuseWarnings(one, located);
  const close = (): void => {
    if (quiet) return;
    for (const one of named) process.stderr.write(summaryLines(summed(one), one.name));
  };
  return { readings, close };
}
