/** What the operating system refuses to do, as an error that says what to do about it. */

import { MmreplayError } from "../errors.ts";

/** How standard output is called where it cannot be written. */
export const standardOutput = "standard output";

const isOfSystem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error;

/** `io/unwritable` for what a system call on this output said; any other error is itself. */
export function unwritable(error: unknown, path: string): unknown {
  if (!isOfSystem(error)) return error;
  const elsewhere = path === standardOutput ? "write elsewhere" : "name another file with -o";
  return new MmreplayError("io/unwritable", `cannot be written (${error.message})`, {
    at: { file: path },
    hint: error.code === "ENOSPC" ? `free some space there, or ${elsewhere}` : elsewhere,
  });
}

/** `io/unreadable` for what any other system call said, of this file if it tells none; undefined for errors of other kinds. */
export function unreadable(error: unknown, path?: string): MmreplayError | undefined {
  if (!isOfSystem(error)) return undefined;
  const file = error.path ?? path;
  const at = file === undefined ? {} : { file };
  const hint =
    error.code === "EISDIR"
      ? "this is a folder: name a file"
      : "check that the file can be read, as this user and as a whole: cat FILE > /dev/null";
  return new MmreplayError("io/unreadable", `cannot be read (${error.message})`, { at, hint });
}
