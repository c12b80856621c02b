/** What the tracepoints of the scheduler say about tasks. */

import { isTask } from "./line.ts";

const number = (body: string, name: string): number =>
  Number(new RegExp(`(?:^|\\s)${name}=(-?\\d+)`).exec(body)?.[1] ?? Number.NaN);

/** The child of `task:task_newtask` and `sched:sched_process_fork`, NaN if it is not told; undefined for other events. */
export function birthOf(
  event: string,
  body: string,
): { readonly child: number; readonly flags?: number } | undefined {
  if (event === "sched:sched_process_fork") return { child: number(body, "child_pid") };
  if (event !== "task:task_newtask") return undefined;
  const flags = /clone_flags=([0-9a-f]+) /.exec(body)?.[1];
  return {
    child: number(body, "pid"),
    ...(flags === undefined ? {} : { flags: Number.parseInt(flags, 16) }),
  };
}

/** The program of `sched:sched_process_exec`, and the id that the task had before, where that was another. */
export function execOf(
  body: string,
  tid: number,
): { readonly path?: string; readonly other?: number } {
  const path = /^filename=(.*) pid=\d+ old_pid=\d+(?=\s|$)/s.exec(body)?.[1];
  const old = number(body, "old_pid");
  return {
    ...(path === undefined ? {} : { path }),
    ...(!isTask(old) || old === tid ? {} : { other: old }),
  };
}
