/** How a perf.data file becomes text: as perf itself prints it. */

import { MmreplayError } from "../errors.ts";
import { perf } from "../record/perf.ts";
import { runInto } from "../record/run.ts";
import { temporaryFile } from "./temporary-file.ts";

const magic = "PERFILE2";

/** True if a file that begins so is perf.data. */
export function isPerfData(head: Uint8Array): boolean {
  return Buffer.from(head).toString("latin1", 0, magic.length) === magic;
}

/** What keeps perf from printing, in its own words where it has any. */
function failure(error: unknown, path: string): unknown {
  const at = { file: path };
  if (error instanceof MmreplayError) {
    const hint = "print it with the perf that recorded it, and give the text";
    return new MmreplayError("io/perf-script", error.message, { at, hint });
  }
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") return error;
  const hint = "install it (apt-get install linux-perf), or give the text of perf script";
  return new MmreplayError("io/no-perf", "perf.data needs perf, which is not installed", {
    at,
    hint,
  });
}

async function print(path: string): Promise<string> {
  const text = temporaryFile("perf");
  await runInto(perf("").text(path) ?? [], text).catch((error: unknown) => {
    throw failure(error, path);
  });
  return text;
}

const printed = new Map<string, Promise<string>>();

/** The file with what `perf script` prints; throws `io/no-perf` or `io/perf-script`. */
export function printedPerfData(path: string): Promise<string> {
  const known = printed.get(path) ?? print(path);
  printed.set(path, known);
  return known;
}
