/** How a trace that was made of others is written: never in the place of one of those. */

import { existsSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import { MmreplayError } from "../errors.ts";
import type { Trace } from "../trace/trace.ts";
import { locate, stdout } from "./io.ts";
import { load } from "./load.ts";
import { standardOutput } from "./system.ts";
import { writeTrace } from "./trace-file.ts";

export const derivedOption = {
  alias: "o",
  type: "string",
  demandOption: true,
  describe: "the .mmtrace file to write; - is standard output",
} as const;

/** The name of a trace in this file. */
export const nameFor = (output: string): string => basename(output, ".mmtrace");

/** Where links lead; what does not exist yet is itself. */
const placeOf = (path: string): string => (existsSync(path) ? realpathSync(path) : path);

/** Throws `io/same-file` if writing there would take the place of an input. */
export function refuseInputs(output: string, inputs: readonly string[]): void {
  if (output === stdout || !existsSync(output)) return;
  const place = placeOf(output);
  const files = inputs.flatMap((input) => [input, ...locate(input).shown.values()]);
  const same = files.find((file) => placeOf(file) === place);
  if (same === undefined) return;
  throw new MmreplayError("io/same-file", "the output is an input, which would be lost", {
    at: { file: same },
    hint: "name another file with -o",
  });
}

/** Throws `trace/given-twice` if two paths are one file or folder: what happened there would count twice. */
export function refuseTwins(inputs: readonly string[]): void {
  const places = inputs.map(placeOf);
  const twin = places.findIndex((place, at) => places.indexOf(place) < at);
  const file = inputs[twin];
  if (file === undefined) return;
  throw new MmreplayError("trace/given-twice", "this is one of the inputs before, once more", {
    at: { file },
    hint: "name each trace once",
  });
}

/** The only trace that a path holds; throws `trace/several` if it holds more. */
export async function loadOne(path: string, quiet: boolean): Promise<Trace> {
  const traces = await load(path, { quiet });
  const [trace] = traces;
  if (trace !== undefined && traces.length === 1) return trace;
  const names = traces.map(({ name }) => name).join(", ");
  throw new MmreplayError("trace/several", `${traces.length} recordings in one folder: ${names}`, {
    at: { file: path },
    hint: `make a trace of each: mmreplay import ${path}`,
  });
}

/** Write it, and tell what was done to it. */
export async function writeDerived(
  trace: Trace,
  output: string,
  told: readonly string[],
  quiet: boolean,
): Promise<void> {
  const bytes = await writeTrace(trace, output);
  if (quiet) return;
  const name = output === stdout ? standardOutput : output;
  const lines = [`${name}: ${trace.events.length} events, ${bytes} bytes`, ...told];
  process.stderr.write(lines.map((line) => `${line}\n`).join("  "));
}
