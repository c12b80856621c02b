/** Which recordings can be read: one line each. */

import { type Registry, registry } from "../registry.ts";
import { bpftrace } from "./bpftrace.ts";
import { ftrace } from "./ftrace.ts";
import { maps } from "./maps.ts";
import { mmtrace } from "./mmtrace.ts";
import { perfScript } from "./perf-script.ts";
import { perfTrace } from "./perf-trace.ts";
import { pmap } from "./pmap.ts";
import { refusal } from "./refusals.ts";
import { strace } from "./strace.ts";
import { refuseEncoding } from "./text/encodings.ts";
import type { Format } from "./types.ts";

export const formats: Registry<Format> = registry<Format>("format", [
  // Eight bytes tell it; the others look at the text.
  mmtrace,
  strace,
  perfScript,
  perfTrace,
  ftrace,
  bpftrace,
  maps,
  pmap,
]);

/** The format of a recording that begins with these bytes (64 KiB, or all there is); throws if no format claims it. */
export function detect(head: Uint8Array, name: string): Format {
  const found = formats.all.find((format) => format.sniff(head));
  if (found !== undefined) return found;
  refuseEncoding(head, name);
  throw refusal(head, name);
}
