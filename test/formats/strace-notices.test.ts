import { describe, expect, it } from "vitest";
import { exec, forked, map, read } from "../support/task-lines.ts";

describe("a notice that strace has attached to a task", () => {
  it("is where the task appears, unless a call under way may have made it", async () => {
    const lines = [
      "strace: Process 10 attached",
      "strace: Process 11 attached",
      `[pid    11] ${map(1)}`,
      "[pid    10] vfork(strace: Process 12 attached",
      " <unfinished ...>",
      `[pid    12] ${map(2)}`,
      "[pid    10] <... vfork resumed>) = 12",
    ];
    expect(await read(lines)).toEqual([
      "1 10 * attach",
      "1 10 ! parse/attached",
      "2 11 * attach",
      "2 11 ! parse/unknown-parent",
      "3 11 mmap = 0x7f0000001000",
      "4.7 10 * vfork child=12",
      "6 12 mmap = 0x7f0000002000",
    ]);
  });

  it("is not of the task whose lines have no id", async () => {
    const lines = [map(1), "strace: Process 11 attached", `[pid    10] ${map(2)}`];
    expect(await read(lines)).toEqual([
      "1 - * attach",
      "1 - ! parse/attached",
      "1 - mmap = 0x7f0000001000",
      "3 10 mmap = 0x7f0000002000",
      "2 11 * attach",
      "2 11 ! parse/unknown-parent",
    ]);
  });

  it("may stand before the call that made it, which strace -z prints when it is over", async () => {
    const lines = [exec, "strace: Process 11 attached", `${forked} = 11`, `[pid    11] ${map(1)}`];
    expect(await read(lines)).toEqual([
      "1 - * exec /bin/a",
      "3 - * fork child=11",
      "4 11 mmap = 0x7f0000001000",
    ]);
  });

  it.each(["/usr/bin/strace", "./strace-6.9", "bin/strace64", "../build/strace"])(
    "begins with the name by which strace was called: %s",
    async (name) => {
      const said = `${name}: Process`;
      const lines = [
        exec,
        `${forked}${said} 11 attached`,
        ", child_tidptr=0x5) = 11",
        `[pid    10] ${map(1).replace(", -1, 0) = ", `, -1, 0${said} 12 attached\n) = `)}`,
        `[pid    11] munmap(0x1000, 4096${name}: [ Process PID=12 runs in 32 bit mode. ]\n) = 0`,
        "[pid    11] vfork() = 12",
        `${said} 12 detached`,
      ];
      expect((await read(lines)).slice(1)).toEqual([
        "2.3 - * fork child=11",
        "4.5 10 mmap = 0x7f0000001000",
        "6.7 11 munmap(0x1000, 4096) = 0x0",
        "8 11 * vfork child=12",
      ]);
    },
  );

  it("may cut a call of --color, whose other lines begin with an escape", async () => {
    const off = "\x1b[0m";
    const blue = (text: string): string => `\x1b[35m${text}${off}`;
    const lines = [
      `${blue("execve")}(${blue('"/bin/a"')}, [${blue('"a"')}], 0x7ffe /* 9 vars */) = ${blue("0")}`,
      `${blue("clone")}(child_stack=${blue("NULL")}, flags=${blue("SIGCHLD")}strace: Process 11 attached`,
      ` <unfinished ...>${off}`,
      `${off}[${blue("pid 11")}] ${blue("munmap")}(${blue("0x1000")}, ${blue("4096")}) ${off} = ${blue("0")}`,
      `${off}[${blue("pid 10")}] <... clone resumed>) = ${blue("11")}`,
    ];
    expect(await read(lines)).toEqual([
      "1 - * exec /bin/a",
      "2.5 10 * fork child=11",
      "4 11 munmap(0x1000, 4096) = 0x0",
    ]);
  });

  it("may be what strace -d waits for", async () => {
    const lines = [
      "strace: attach to pid 67295 (main) succeeded",
      "strace: [wait(0x00857f) = 67295] WIFSTOPPED,sig=133",
      "mprotect(0x7f4743114000, 65536, PROT_READ|PROT_WRITEstrace: [wait(0x00857f) = 67295] WIFSTOPPED,sig=133",
      ") = 0",
      'write(1, "a", 1strace: [wait(0x80057f) = 67295] WIFSTOPPED,sig=SIGTRAP,EVENT_STOP (128)',
      ") = 1",
      map(1),
    ];
    expect((await read(lines)).slice(2)).toEqual([
      "3.4 - mprotect(0x7f4743114000, 65536, PROT_READ|PROT_WRITE) = 0x0",
      "7 - mmap = 0x7f0000001000",
    ]);
  });

  it("may be one of several that cut one call", async () => {
    const cut = [`${forked}strace: Process 12 attached`, "strace: Process 11 attached", " = 11"];
    const lines = [exec, ...cut, `[pid    10] ${forked} = 12`, `[pid    11] ${map(1)}`];
    expect(await read(lines)).toEqual([
      "1 - * exec /bin/a",
      "2.4 - * fork child=11",
      "5 10 * fork child=12",
      "6 11 mmap = 0x7f0000001000",
    ]);
  });
});
