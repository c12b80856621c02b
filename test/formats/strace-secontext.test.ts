/** `strace --secontext`: the context of a task before its times, and that of a file behind its name or number. */

import { expect, it } from "vitest";
import { strace } from "../../src/formats/strace.ts";
import { eventText } from "../support/events-text.ts";
import { readWith } from "../support/samples.ts";

const full = "unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023";

it.each([
  ["short", "user_t", "lib_t"],
  ["full", full, "system_u:object_r:lib_t:s0"],
  ["full, with the one that was expected", full, "system_u:object_r:lib_t:s0!!user_home_t"],
])("%s contexts are passed over, in lines with and without a pid", async (_, task, file) => {
  const lines = [
    `[${task}] 10:00:00.1 execve("/bin/a" [${file}], ["a"], 0x7ffc /* 5 vars */) = 0`,
    `[${task}] 10:00:00.2 openat(AT_FDCWD [${file}], "/lib/a.so" [${file}], O_RDONLY) = 3 [${file}]`,
    `[${task}] 10:00:00.3 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, 3 [${file}], 0x1000) = 0x7f0000002000`,
    `[${task}] 10:00:00.4 clone(child_stack=0x7f0000003ff0, flags=CLONE_VM|CLONE_THREAD) = 8 [${task}]`,
    `[pid     8] [${task}] 10:00:00.5 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, 3</lib/b> [${file}], 0 <unfinished ...>`,
    `[pid     7] [${task}] 10:00:00.6 munmap(0x7f0000002000, 8192) = 0`,
    `[pid     8] [${task}] 10:00:00.7 <... mmap resumed>) = 0x7f0000002000`,
  ];
  expect(strace.sniff(Buffer.from(`${lines.join("\n")}\n`))).toBe(true);
  const { events } = await readWith(strace, `${lines.join("\n")}\n`);
  expect(events.map(eventText)).toEqual([
    "1 - * exec /bin/a",
    '3 - mmap(0x0, 8192, PROT_READ, MAP_PRIVATE, 3, 0x1000) = 0x7f0000002000 <regular "/lib/a.so">',
    "4 - * thread child=8",
    "6 7 munmap(0x7f0000002000, 8192) = 0x0",
    '5.7 8 mmap(0x0, 8192, PROT_READ, MAP_PRIVATE, 3, 0x0) = 0x7f0000002000 <regular "/lib/b">',
  ]);
  expect(events[1]).toMatchObject({ time: 36_000.3 });
});
