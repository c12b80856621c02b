/** Why a store cannot be read or added to, and what to do about it. */

import { type At, MmreplayError } from "../errors.ts";
import { without } from "../reports/judge.ts";
import { schemaOf } from "../reports/shape.ts";
import { schema } from "./run.ts";

const make = "make a new one: mmreplay history add STORE REPORT.json";

const withoutLine = ({ line }: At): string => `go on without it: sed -i ${line}d STORE`;

const isOther = (found: unknown): boolean => {
  const name = schemaOf(found);
  return typeof name === "string" && /^mmreplay\.run\/\d+$/.test(name) && name !== schema;
};

/** For a file that begins with something else than a run. */
export function noStore(at: At, found: unknown): MmreplayError {
  if (isOther(found)) return damaged(at, found);
  const name = schemaOf(found);
  const what = found === undefined ? "no line of JSON" : `schema ${JSON.stringify(name)}`;
  const swapped = name === "mmreplay.report/1" || at.text?.trim() === "{";
  const message = `this is no store of runs: ${what}`;
  return new MmreplayError("history/no-store", message, {
    at,
    hint: swapped ? "name the store first: mmreplay history add STORE REPORT.json" : make,
  });
}

export function noRun(file: string): MmreplayError {
  return new MmreplayError("history/empty", "the store holds no run", {
    at: { file },
    hint: "add one: mmreplay history add STORE REPORT.json",
  });
}

/** For a line among runs that is none, or one of a later format. */
export function damaged(at: At, found: unknown): MmreplayError {
  if (isOther(found))
    return new MmreplayError("history/newer", `this line has schema ${schemaOf(found)}`, {
      at,
      hint: "read it with the mmreplay that wrote it, or a newer one",
    });
  return new MmreplayError("history/damaged-line", "this line is no run", {
    at,
    hint: withoutLine(at),
  });
}

/** For a line that tells only what differs from a line that is not there. */
export function withoutWhole(at: At, since: string): MmreplayError {
  const message = "the line that this one counts from is gone, or was changed";
  return new MmreplayError("history/damaged-line", message, {
    at,
    hint: `restore the store, or go on without what counts from it: sed -i /${since}/d STORE`,
  });
}

/** `--idioms redo` */
const onlyIn = (of: readonly string[], others: readonly string[]): string =>
  without(of, others).join(" ") || "without these";

const unlike = (before: readonly string[], now: readonly string[]): string =>
  `was made ${onlyIn(now, before)}, those before ${onlyIn(before, now)}`;

/** For a report whose numbers mean something else than those before. */
export function otherOptions(
  file: string,
  before: readonly string[],
  now: readonly string[],
): MmreplayError {
  return new MmreplayError("history/other-options", `the report ${unlike(before, now)}`, {
    at: { file },
    hint: "keep runs of other options in a store of their own",
  });
}

/** The same of a line. */
export function otherLine(
  at: At,
  before: readonly string[],
  now: readonly string[],
): MmreplayError {
  return new MmreplayError("history/other-options", `this run ${unlike(before, now)}`, {
    at,
    hint: withoutLine(at),
  });
}

export function tooLong(file: string): MmreplayError {
  return new MmreplayError("history/too-large", "a line of this run is longer than 10 MiB", {
    at: { file },
    hint: "replay fewer traces or policies at once, with a store for each part",
  });
}

/** For what a system call said; any other error is itself. */
export function notWritten(error: unknown, file: string): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  return new MmreplayError("io/unwritable", `the run was not added (${error.message})`, {
    at: { file },
    hint: "check the folder and the space that is left; a line that was cut does no harm",
  });
}
