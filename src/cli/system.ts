/** What the operating system refuses to do, as an error that says what to do about it. */

import { MmreplayError } from "../errors.ts";

const isOfSystem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error;

/** `io/unwritable` for what a system call on this output said; any other error is itself. */
export function unwritable(error: unknown, path: string): unknown {
  if (!isOfSystem(error)) return error;
  return new MmreplayError("io/unwritable", `cannot be written (${error.message})`, {
    at: { file: path },
    hint: "name another file with -o",
  });
}

/** `io/unreadable` for what any other system call said; undefined for errors of other kinds. */
export function unreadable(error: unknown): MmreplayError | undefined {
  if (!isOfSystem(error)) return undefined;
  const at = error.path === undefined ? {} : { file: error.path };
  const hint = "check that the file can be read, as this user and as a whole: cat FILE > /dev/null";
  return new MmreplayError("io/unreadable", `cannot be read (${error.message})`, { at, hint });
}
