/** What one line of `perf script` is: which task, when, which event, and the event's own text. */

import { parseS64, parseU64, type U64 } from "../../units.ts";

export interface PerfLine {
  /** Up to 15 characters of any kind; "" where the column was left out. */
  readonly comm: string;
  /** Process id, where the columns have one. */
  readonly pid?: number;
  readonly tid: number;
  /** Seconds. */
  readonly time?: number;
  /** `syscalls:sys_enter_mmap`, `PERF_RECORD_FORK`, `PERF_RECORD_COMM exec`. */
  readonly event: string;
  readonly body: string;
}

// The command may hold blanks, colons, digits and brackets, so it is whatever stands before the
// last possible task id within its 16 columns. A period may stand between time and event.
const head =
  /^\s*(.{0,16}?)\s*(?:(?<=\s|^)(-?\d+)\/)?(?<=\s|^|\/)(-?\d+)\s+(?:\[(?:\d{3,}|-\d+)\]\s+)?(?:[A-Z][a-z]?\s+)?(?:(\d+\.\d+):\s+(?:\d+\s+)?)?(?=[\w-]+:[\w-]+:\s|[\w-]+:[\w-]+:$|PERF_RECORD_)/;

// With --latency-format the command has 8 columns, the task 5 to 7 and the CPU 3 without brackets; other lines have their
// time further right, or no number before it.
const latency =
  /^(?=.{8} [ \d]{5,7}[ /])(.{8} +\d+(?:\/\d+)? +) *(\d{1,4})(?= +(?:[A-Z][a-z]? +)?\d+\.\d+:)/;

/** A sample of another event, hardware's or software's: its name has no group, and what it prints is of no interest. */
const sample =
  /^\s*(?:.{0,16}?\s)?(?:-?\d+\/)?-?\d+\s+(?:\[?\d+\]?\s+)?(?:[A-Z][a-z]?\s+)?\d+\.\d+:\s+(?:\d+\s+)?[a-zA-Z][^\s:]*:[a-zA-Z]*:?(?:\s|$)/;

/** True for a sample of an event that is no tracepoint, as `cycles:P:` or `page-faults:`. */
export function isSample(text: string): boolean {
  return sample.test(text);
}

/** True for a number that a task can have (PID_MAX_LIMIT, include/linux/threads.h). */
export function isTask(id: number): boolean {
  return Number.isInteger(id) && id <= 2 ** 22;
}

const tracepoint = /^([\w-]+:[\w-]+):\s*(.*)$/s;
const record = /^(PERF_RECORD_\w+(?: exec)?):? ?(.*)$/s;

/** Split a line into its columns; undefined if it is no event. */
export function parsePerfLine(text: string): PerfLine | undefined {
  const usual = text.replace(latency, (_, before: string, cpu: string) => {
    return `${before}[${cpu.padStart(3, "0")}]`;
  });
  const match = head.exec(usual);
  if (match === null) return undefined;
  const rest = usual.slice(match[0].length);
  const event = tracepoint.exec(rest) ?? record.exec(rest);
  if (event === null || !isTask(Number(match[3])) || !isTask(Number(match[2] ?? 0))) {
    return undefined;
  }
  const time = match[4];
  return {
    comm: match[1] ?? "",
    ...(match[2] === undefined ? {} : { pid: Number(match[2]) }),
    tid: Number(match[3]),
    ...(time === undefined ? {} : { time: Number(time) }),
    event: event[1] ?? "",
    body: event[2] ?? "",
  };
}

const field = /([A-Za-z_]\w*)(?:: |=)(0x[0-9a-fA-F]+|-?\d+)(?=,|\s|$)/g;

/**
 * The numbers of a tracepoint's text by name, negative ones as a register holds them: `addr: 0x1000, len: 0x2000` or
 * `addr=0x1000 err=-12`.
 */
export function fieldsOf(body: string): ReadonlyMap<string, U64> {
  const fields = new Map<string, U64>();
  for (const [, name, digits] of body.matchAll(field)) {
    if (name === undefined || digits === undefined) continue;
    const value = digits.startsWith("-") ? parseS64(digits) : parseU64(digits);
    if (value !== undefined) fields.set(name, value);
  }
  return fields;
}
