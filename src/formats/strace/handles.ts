/** Which calls give a number to what is no file by name: after them, whatever the number stood for is gone. */

import { hasBit } from "../../units.ts";
import type { FdTable } from "../fds.ts";
import type { Result } from "./result.ts";

/** Their result is a new descriptor. */
const giving =
  "epoll_create epoll_create1 eventfd eventfd2 timerfd_create signalfd signalfd4 inotify_init " +
  "inotify_init1 fanotify_init userfaultfd pidfd_open pidfd_getfd open_by_handle_at open_tree fsopen fsmount fspick " +
  "landlock_create_ruleset mq_open";

/** They write two descriptors for the program. */
const pairs = "pipe pipe2 socketpair";

/** All of them, and those that a table may be shared or handed on with. */
export const handleCalls: string = `${giving} ${pairs} recvmsg recvmmsg unshare`;

const gives: ReadonlySet<string> = new Set(giving.split(" "));
const writesPair: ReadonlySet<string> = new Set(pairs.split(" "));

/** `[3, 4]`, `[3<UNIX-STREAM:[1->2]>, 4<UNIX-STREAM:[2->1]>]`. */
const pair = /\[(\d+)(?:<.*?>)?, (\d+)[<\]]/;
const passed = /SCM_RIGHTS, cmsg_data=\[(.*?)\]\}/g;
const child = /\b(?:parent_tid|pidfd)=\[(\d+)/;

/** Forget what the descriptors stood for that a call of this name, in `text`, has made; false if it makes none. */
export function forgetMade(name: string, text: string, result: Result, table: FdTable): boolean {
  if (gives.has(name)) {
    if (typeof result.value === "number") table.close(result.value);
    return true;
  }
  if (!writesPair.has(name)) return false;
  const match = result.outcome === "ok" ? pair.exec(text) : null;
  if (match !== null) for (const fd of match.slice(1)) table.close(Number(fd));
  return true;
}

/** Forget what the descriptors stood for that another process has sent: only a call that succeeded prints them. */
export function forgetReceived(text: string, table: FdTable): void {
  for (const [, list = ""] of text.matchAll(passed)) {
    for (const item of list.matchAll(/(?:^|, )(\d+)/g)) table.close(Number(item[1]));
  }
}

/** True if the call gives its task a table of its own: until then threads may share one. */
export function unsharesFiles(name: string, text: string): boolean {
  if (name === "unshare") return /\bCLONE_FILES\b/.test(text) || hasRaw(text, 0x400);
  return name === "close_range" && /\bCLOSE_RANGE_UNSHARE\b/.test(text);
}

/** `unshare(0x400)`. */
function hasRaw(text: string, bit: number): boolean {
  const flags = /\((0x[0-9a-f]+)/.exec(text)?.[1];
  return flags !== undefined && hasBit(Number(flags), bit);
}

/** Forget what the descriptor stood for that CLONE_PIDFD has made. */
export function forgetPidfd(text: string, table: FdTable): void {
  const fd = text.includes("CLONE_PIDFD") ? child.exec(text)?.[1] : undefined;
  if (fd !== undefined) table.close(Number(fd));
}
