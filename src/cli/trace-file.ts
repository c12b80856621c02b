/** How a trace becomes a file: part by part, and in its place only when it is whole. */

import { randomUUID } from "node:crypto";
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
import { dirname, join } from "node:path";
import { setImmediate as pause } from "node:timers/promises";
import { MmreplayError } from "../errors.ts";
import { encodeParts } from "../trace/codec.ts";
import type { Trace } from "../trace/trace.ts";
import { endIfBroken, stdout } from "./io.ts";
import { standardOutput, unwritable } from "./system.ts";

/** Bytes that were written; signals are heard between the parts. */
async function writeParts(file: number, parts: Iterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for (const part of parts) {
    writeFileSync(file, part);
    bytes += part.length;
    await pause();
  }
  return bytes;
}

async function writeTo(path: string, flags: string, mode: number, trace: Trace): Promise<number> {
  const file = openSync(path, flags, mode);
  try {
    return await writeParts(file, encodeParts(trace));
  } finally {
    closeSync(file);
  }
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Into a file beside it first: what was there stays until the new one is complete. */
async function replace(path: string, mode: number, trace: Trace): Promise<number> {
  const beside = join(dirname(path), `mmreplay-${randomUUID()}.part`);
  const drop = (): void => rmSync(beside, { force: true });
  const end = (signal: NodeJS.Signals): void => {
    drop();
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.once(signal, end);
  try {
    const bytes = await writeTo(beside, "wx", mode, trace);
    renameSync(beside, path);
    return bytes;
  } finally {
    drop();
    for (const signal of signals) process.off(signal, end);
  }
}

async function write(trace: Trace, path: string): Promise<number> {
  const old = statSync(path, { throwIfNoEntry: false });
  if (old === undefined) return replace(path, 0o666, trace);
  accessSync(path, constants.W_OK);
  // A pipe or a device stays what it is.
  if (!old.isFile()) return writeTo(path, "w", 0o666, trace);
  return replace(realpathSync(path), old.mode % 0o1000, trace);
}

async function writeOut(trace: Trace): Promise<number> {
  if (process.stdout.isTTY)
    throw new MmreplayError("io/terminal", "a trace is nothing for a terminal", {
      hint: "name a file with -o, or pipe it on",
    });
  try {
    return await writeParts(process.stdout.fd, encodeParts(trace));
  } catch (error) {
    endIfBroken(error);
    throw error;
  }
}

/** Write an .mmtrace file; returns its bytes. Throws `io/unwritable`; an older file is then as it was. */
export async function writeTrace(trace: Trace, path: string): Promise<number> {
  try {
    return await (path === stdout ? writeOut(trace) : write(trace, path));
  } catch (error) {
    throw unwritable(error, path === stdout ? standardOutput : path);
  }
}
