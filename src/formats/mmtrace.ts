/** How mmreplay's own file becomes events. */

import type { Diagnostics } from "../errors.ts";
import { decode } from "../trace/codec.ts";
import { isTrace } from "../trace/container.ts";
import type { Sink } from "../trace/event.ts";
import type { Trace } from "../trace/trace.ts";
import { allBytes } from "./text/chunks.ts";
import type { Format, Input, ReadResult } from "./types.ts";

/** The trace with its name, which a plain reading of events leaves out. */
async function readTrace(input: Input): Promise<Trace> {
  return decode(await allBytes(input.chunks), input.name);
}

async function read(input: Input, emit: Sink, _: Diagnostics): Promise<ReadResult> {
  const { facts, events } = await readTrace(input);
  for (const event of events) emit(event);
  return { lines: events.length, facts };
}

export const mmtrace: Format = {
  id: "mmtrace",
  title: "mmreplay trace",
  extensions: ["mmtrace"],
  provides: [
    "requests",
    "results",
    "unmaps",
    "lifecycle",
    "paths",
    "searches",
    "faults",
    "snapshots",
  ],
  sniff: isTrace,
  read,
  readTrace,
};
