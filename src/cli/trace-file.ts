/** How a trace becomes a file: part by part, and in its place only when it is whole. */

import {
  accessSync,
  closeSync,
  constants,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { MmreplayError } from "../errors.ts";
import { encodeParts } from "../trace/codec.ts";
import type { Trace } from "../trace/trace.ts";
import { endIfBroken, stdout } from "./io.ts";
import { standardOutput, unwritable } from "./system.ts";

/** Bytes that were written. */
function writeParts(file: number, parts: Iterable<Uint8Array>): number {
  let bytes = 0;
  for (const part of parts) {
    writeFileSync(file, part);
    bytes += part.length;
  }
  return bytes;
}

function writeTo(path: string, flags: string, mode: number, trace: Trace): number {
  const file = openSync(path, flags, mode);
  try {
    return writeParts(file, encodeParts(trace));
  } finally {
    closeSync(file);
  }
}

/** Into a file beside it first: what was there stays until the new one is complete. */
function replace(path: string, mode: number, trace: Trace): number {
  const beside = `${path}.${process.pid}.part`;
  try {
    const bytes = writeTo(beside, "wx", mode, trace);
    renameSync(beside, path);
    return bytes;
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

function write(trace: Trace, path: string): number {
  const old = statSync(path, { throwIfNoEntry: false });
  if (old === undefined) return replace(path, 0o666, trace);
  accessSync(path, constants.W_OK);
  // A pipe or a device stays what it is.
  if (!old.isFile()) return writeTo(path, "w", 0o666, trace);
  return replace(realpathSync(path), old.mode % 0o1000, trace);
}

function writeOut(trace: Trace): number {
  if (process.stdout.isTTY)
    throw new MmreplayError("io/terminal", "a trace is nothing for a terminal", {
      hint: "name a file with -o, or pipe it on",
    });
  try {
    return writeParts(process.stdout.fd, encodeParts(trace));
  } catch (error) {
    endIfBroken(error);
    throw error;
  }
}

/** Write an .mmtrace file; returns its bytes. Throws `io/unwritable`; an older file is then as it was. */
export function writeTrace(trace: Trace, path: string): number {
  try {
    return path === stdout ? writeOut(trace) : write(trace, path);
  } catch (error) {
    throw unwritable(error, path === stdout ? standardOutput : path);
  }
}
