/** How import and events read: with everything that is odd about a recording told, and refused if that is wanted. */

import { Diagnostics, MmreplayError } from "../errors.ts";
import type { Reading } from "../formats/bundle.ts";
import { policyFor, resolveTrace } from "../pipeline.ts";
import { printWarnings } from "./io.ts";
import { type Located, placed, readingsOf } from "./load.ts";
import { withText } from "./quoted-line.ts";
import { summaryLines, summed } from "./summary.ts";

/** Options of the commands that read like this. */
export const checkOptions = {
  strict: { type: "boolean", default: false, describe: "warnings are errors" },
  "one-process": {
    type: "boolean",
    default: false,
    describe: "tasks of unknown origin are threads of the first one",
  },
} as const;

export interface Checking {
  readonly quiet: boolean;
  /** Warnings are errors. */
  readonly strict: boolean;
  readonly oneProcess: boolean;
}

/** A reading under the name that people see. */
interface Named {
  readonly name: string;
  readonly diagnostics: Diagnostics;
}

/** The first warning as an error. */
async function refuse(all: readonly Named[], located: Located): Promise<void> {
  for (const { name, diagnostics } of all) {
    for (const { code, message, lines, count } of diagnostics.warnings.values()) {
      const [line] = lines;
      const often = count === 1 ? "" : ` (${count} times)`;
      const [only, another] = located.sources;
      const at = { file: only?.name ?? name, ...(line !== undefined && { line }) };
      const hint = "leave out --strict to go on; it is counted then";
      const error = new MmreplayError(code, `${message}${often}`, { at, hint });
      if (another !== undefined)
        throw new MmreplayError(code, error.message, { at: { ...at, file: name }, hint });
      throw placed(await withText(error, located.sources), located);
    }
  }
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
    resolveTrace(trace, policyFor(trace.facts), fit);
    // The reader has told of those.
    fit.warnings.delete("resolve/injected");
    own.add(fit);
    const name =
      readings.length === 1 ? located.path : `${located.path}:${trace.name.split(":").at(-1)}`;
    return { ...reading, name };
  });
  const all = [{ name: located.path, diagnostics }, ...named];
  for (const one of all) printWarnings(one.diagnostics, one.name, quiet);
  if (strict) await refuse(all, located);
  const close = (): void => {
    if (quiet) return;
    for (const one of named) process.stderr.write(summaryLines(summed(one), one.name));
  };
  return { readings, close };
}
