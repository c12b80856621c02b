/** What /proc says of a process at this moment; undefined where it is gone or hidden. */

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A file of procfs or sysfs, undefined if it cannot be read. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Where a link of procfs or sysfs leads, undefined if it cannot be read. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** The names in a folder, none if it cannot be read. */
export function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** The fields of /proc/PID/stat behind the command name, the first (state) at index 0. */
function statOf(pid: number | string): readonly string[] | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** True until the process is gone, a zombie included. */
export function isAlive(pid: number): boolean {
  return statOf(pid) !== undefined;
}

/** The state letter of every thread: `T` is stopped, `t` stopped by its tracer. */
export function threadStates(pid: number): readonly string[] {
  return namesIn(`/proc/${pid}/task`).flatMap(
    (thread) => statOf(`${pid}/task/${thread}`)?.[0] ?? [],
  );
}

/**
 * What tells one program image of a process from the next, once its segments are mapped: load_elf_binary (7.x) sets
 * start_code after it has mapped the program, its loader and the vdso.
 */
export function imageOf(pid: number): string | undefined {
  const stat = statOf(pid);
  const [started, startCode, startStack] = [stat?.[19], stat?.[23], stat?.[25]];
  if (startCode === undefined || startCode === "0") return undefined;
  return `${pid} ${started} ${startCode} ${startStack}`;
}

/** True if the terminal sends its signals (Ctrl-C) to this process and to those that it starts. */
export function hasTerminal(): boolean {
  const stat = statOf("self");
  const [group, terminal, foreground] = [stat?.[2], stat?.[4], stat?.[5]];
  return terminal !== "0" && group === foreground;
}

/** The program file; undefined for kernel threads and for processes of others. */
export function programOf(pid: number): string | undefined {
  return linkOf(`/proc/${pid}/exe`);
}

/** Processes that threads of this one have started and that are not gone. */
export function childrenOf(pid: number): readonly number[] {
  return namesIn(`/proc/${pid}/task`).flatMap((thread) =>
    (textOf(`/proc/${pid}/task/${thread}/children`) ?? "").split(" ").filter(Boolean).map(Number),
  );
}

/** The command name that recorders print. */
export function commOf(pid: number): string | undefined {
  return textOf(`/proc/${pid}/comm`)?.trimEnd();
}

/** The program and its arguments. */
export function commandLineOf(pid: number): readonly string[] {
  return (textOf(`/proc/${pid}/cmdline`) ?? "").split("\0").slice(0, -1);
}
