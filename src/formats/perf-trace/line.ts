/** What one line of `perf trace` is: a call with its arguments and its result, a half of one, or a tracepoint. */

import {
  adviceValues,
  cloneFlags,
  type FlagTable,
  mmapFlags,
  mremapFlags,
  parseFlags,
  protFlags,
} from "../../trace/flag-names.ts";
import { MAP_ANONYMOUS } from "../../trace/flags.ts";
import { hasBit, parseU64, type U64, wrap64 } from "../../units.ts";
import { fieldNames } from "../perf/calls.ts";
import { isTask } from "../perf/line.ts";

export interface TraceLine {
  /** `noTask` where no task is printed: then there is one. */
  readonly tid: number;
  /** Microseconds, of the moment that the call began. */
  readonly begin?: number;
  /** Microseconds that it took. */
  readonly took?: number;
  readonly name: string;
  /** `begun` goes on in a line that is `continued`; a `tracepoint` has no result. */
  readonly part: "whole" | "begun" | "continued" | "tracepoint";
  readonly args: ReadonlyMap<string, string>;
  /** The text behind ` = `. */
  readonly result: string;
}

/** What stands for the only task of a recording that names none, as of `perf trace -p PID` of one thread; no program is task 0. */
export const noTask = 0;

const columns =
  /^ *(?:(\d+\.\d+)|\?) \( *(?:(\d+\.\d+) ms)? *\): (?:(?:.{1,16}?\/)?(\d+) )?(?=[\w:-]+\(| ?\.\.\.)(.*)$/s;
const call = /^(\w+)\((.*?)\) += (.*)$/s;
const begun = /^(\w+)\((.*)\) +\.\.\.$/s;
const continued = /^ ?\.\.\. \[continued\]: (\w+)\(\)\) += ?(.*)$/s;
const tracepoint = /^([\w-]+:[\w-]+)\((.*)\)$/s;

const micros = (milliseconds: string): number => Math.round(Number(milliseconds) * 1000);

function argsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/(?:^|, )(\w+): ?(.*?)(?=, \w+:|$)/gs)].map(([, name = "", value = ""]) => [
      name,
      // Old versions fill up with blanks before the bracket.
      value.trimEnd(),
    ]),
  );
}

/** The part of the line behind the task. */
function bodyOf(body: string): Pick<TraceLine, "name" | "part" | "args" | "result"> | undefined {
  const kinds = [
    ["continued", continued],
    ["whole", call],
    ["begun", begun],
    ["tracepoint", tracepoint],
  ] as const;
  for (const [part, pattern] of kinds) {
    const match = pattern.exec(body);
    if (match === null) continue;
    const [, name = "", text = "", result = ""] = match;
    return part === "continued"
      ? { name, part, args: new Map(), result: text.trim() }
      : { name, part, args: argsOf(text), result: result.trim() };
  }
  return undefined;
}

/** Split a line into its columns; undefined if it is none of perf trace, or a page fault. */
export function parseTraceLine(text: string): TraceLine | undefined {
  const match = columns.exec(text);
  const body = match === null ? undefined : bodyOf(match[4] ?? "");
  if (match === null || body === undefined) return undefined;
  const [, begin, took, tid = noTask] = match;
  if (!isTask(Number(tid))) return undefined;
  return {
    tid: Number(tid),
    ...(begin === undefined ? {} : { begin: micros(begin) }),
    ...(took === undefined ? {} : { took: micros(took) }),
    ...body,
  };
}

const tables: ReadonlyMap<string, readonly [FlagTable, string]> = new Map([
  ["prot", [protFlags, "PROT_"]],
  ["mmap flags", [mmapFlags, "MAP_"]],
  ["mremap flags", [mremapFlags, "MREMAP_"]],
  ["clone_flags", [cloneFlags, "CLONE_"]],
  ["behavior", [adviceValues, ""]],
]);

/** The number of an argument as printed: names without their prefix, `3</path>`, decimal or 0x. */
export function argument(name: string, field: string, text: string): U64 | undefined {
  const [table, prefix] = tables.get(field) ?? tables.get(`${name} ${field}`) ?? [];
  // A length is printed as if it were signed.
  if (/^-\d+$/.test(text)) return wrap64(BigInt(text));
  const digits = parseU64(text.replace(/<.*$/s, "").replace(/ \(.*\)$/s, ""));
  if (digits !== undefined || table === undefined) return digits;
  // perf 6.1 forgets the digits of bits without a name.
  const names = text.split("|").filter((word) => word !== "" && word !== "0x");
  const full = names.map((word) =>
    /^(?:0x[0-9a-f]+|\d+)$/.test(word) ? word : `${prefix}${word}`,
  );
  const flags = names.length === 0 ? undefined : parseFlags(table, full.join("|"));
  return flags === undefined || flags.unknown.length > 0 ? undefined : flags.bits;
}

const noFile = 0xffff_ffff;

/** The arguments of a memory call by the names of its tracepoint: one that is left out is zero, or no file. */
export function argumentsOf({ name, args }: TraceLine): ReadonlyMap<string, U64> {
  const values = new Map<string, U64>();
  for (const names of fieldNames(name)) {
    const known = names.split("|").find((field) => args.has(field)) ?? names.split("|")[0] ?? "";
    const text = args.get(known);
    const value = text === undefined ? 0 : argument(name, known, text);
    if (value !== undefined) values.set(known, value);
  }
  const anonymous = hasBit(Number(values.get("flags") ?? 0), MAP_ANONYMOUS);
  if (name === "mmap" && anonymous && !args.has("fd")) values.set("fd", noFile);
  return values;
}

/** What glibc calls the errors of memory calls in English; new versions print no symbol. */
const errors: readonly (readonly [number, string, string])[] = [
  [1, "EPERM", "Operation not permitted"],
  [2, "ENOENT", "No such file or directory"],
  [4, "EINTR", "Interrupted system call"],
  [9, "EBADF", "Bad file descriptor"],
  [11, "EAGAIN", "Resource temporarily unavailable"],
  [12, "ENOMEM", "Cannot allocate memory"],
  [13, "EACCES", "Permission denied"],
  [14, "EFAULT", "Bad address"],
  [16, "EBUSY", "Device or resource busy"],
  [17, "EEXIST", "File exists"],
  [19, "ENODEV", "No such device"],
  [22, "EINVAL", "Invalid argument"],
  [23, "ENFILE", "Too many open files in system"],
  [26, "ETXTBSY", "Text file busy"],
  [38, "ENOSYS", "Function not implemented"],
  [43, "EIDRM", "Identifier removed"],
  [75, "EOVERFLOW", "Value too large for defined data type"],
  [95, "EOPNOTSUPP", "Operation not supported"],
];

/** No errno has this number, but results reach to it. */
const unknownError = 4095;

/** The raw result; undefined where there is none. */
export function resultOf(text: string): U64 | undefined {
  // Old versions print the words without parentheses.
  const match = /^-1 (\S+)(?: \((.*)\)| .*)?$/s.exec(text);
  if (match === null) return parseU64(text.replace(/ \(.*\)$/s, ""));
  const [, symbol = "", words] = match;
  const found =
    errors.find(([, known]) => known === symbol) ?? errors.find(([, , known]) => known === words);
  return wrap64(BigInt(-(found?.[0] ?? unknownError)));
}
