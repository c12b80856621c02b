/** Lines of strace about tasks, and what they give. */

import { strace } from "../../src/formats/strace.ts";
import { eventText } from "./events-text.ts";
import { readWith } from "./samples.ts";

export const map = (at: number, length = 4096): string =>
  `mmap(NULL, ${length}, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f000000${at}000`;
export const exec = 'execve("/bin/a", ["a"], 0x7ffe /* 3 vars */) = 0';
export const forked =
  "clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f00)";

export async function read(lines: readonly string[]): Promise<string[]> {
  const { events } = await readWith(strace, `${lines.join("\n")}\n`);
  return events.map(eventText).map((text) => text.replace(/mmap\(.*\)/, "mmap"));
}
