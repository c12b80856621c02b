/** How the text of strace becomes events. */

import type { Diagnostics } from "../errors.ts";
import type { Sink } from "../trace/event.ts";
import { beginsCall } from "./strace/names.ts";
import { Prefix } from "./strace/prefix.ts";
import { StraceReader } from "./strace/reader.ts";
import { mergeSet, setOf, tidOf } from "./strace/set.ts";
import { looksLikeStrace } from "./strace/sniff.ts";
import { readLines } from "./text/lines.ts";
import type { Format, Input, ReadOptions, ReadResult, Reopened } from "./types.ts";

async function read(
  input: Input,
  emit: Sink,
  diagnostics: Diagnostics,
  options: ReadOptions = {},
): Promise<ReadResult> {
  const reader = new StraceReader(input.name, emit, diagnostics, options);
  const lines = await readLines(
    input,
    (bytes, start, end, number, whole) => reader.line(bytes, start, end, number, whole),
    diagnostics,
    { mayBeLong, plain: (bytes, start, number) => reader.plain(bytes, start, number) },
  );
  reader.end();
  return { lines, facts: reader.facts() };
}

/**
 * Read the files that `strace -ff` wrote, one per task, named `NAME.TID`. Lines are numbered in the order of their
 * times, as strace-log-merge prints them.
 */
async function readSet(
  inputs: readonly Reopened[],
  emit: Sink,
  diagnostics: Diagnostics,
  options: ReadOptions = {},
): Promise<ReadResult> {
  const tids = new Set(inputs.map(({ name }) => tidOf(name)));
  const missing = new Map<number, number>();
  const watch: Sink = (event) => {
    if (event.kind === "lifecycle" && event.child !== undefined && !tids.has(event.child))
      missing.set(event.child, event.line);
    emit(event);
  };
  const name = inputs[0]?.name ?? "";
  const reader = new StraceReader(name, watch, diagnostics, { ...options, merged: true });
  const lines = await mergeSet(
    inputs,
    (bytes, number, whole) => reader.line(bytes, 0, bytes.length, number, whole),
    diagnostics,
  );
  reader.end();
  for (const [child, line] of missing) {
    const message = `the file of task ${child} is not among those given`;
    diagnostics.warn("parse/missing-member", message, line);
  }
  return { lines, facts: reader.facts() };
}

/** A write of many bytes, say. */
function mayBeLong(bytes: Uint8Array, start: number, end: number): boolean {
  const prefix = new Prefix();
  prefix.read(bytes, start, end);
  return beginsCall(bytes, prefix.body, end);
}

export const strace: Format = {
  id: "strace",
  title: "strace",
  extensions: ["strace", "txt"],
  provides: ["requests", "results", "unmaps", "lifecycle", "paths"],
  sniff: looksLikeStrace,
  read,
  perTask: { setOf, read: readSet },
};
