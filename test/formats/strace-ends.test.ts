import { describe, expect, it } from "vitest";
import { exec, forked, map, read } from "../support/task-lines.ts";

describe("the end of a task", () => {
  it("is told by the exit call where strace says nothing else", async () => {
    const lines = [
      `10 ${exec}`,
      `10 ${forked} = 11`,
      `11 ${map(1)}`,
      "11 exit_group(0) = ?",
      "10 exit_group(0) = ?",
    ];
    expect((await read(lines)).slice(-2)).toEqual(["4 11 * exit", "5 10 * exit"]);
  });

  it("is another's exec from a thread", async () => {
    const lines = [
      `10 ${exec}`,
      "10 clone(child_stack=0x7f00, flags=CLONE_VM|CLONE_THREAD) = 11",
      '11 execve("/bin/b", ["b"], 0x7ffe /* 3 vars */ <pid changed to 10 ...>',
      "10 +++ superseded by execve in pid 11 +++",
      "10 <... execve resumed>) = 0",
      `10 ${map(1)}`,
    ];
    expect((await read(lines)).slice(2)).toEqual([
      "4 10 * superseded other=11",
      "3.5 10 * exec other=11 /bin/b",
      "6 10 mmap = 0x7f0000001000",
    ]);
  });

  it("is told though nothing else of the task is in the recording", async () => {
    const lines = [`10 ${map(1)}`, "12 +++ exited with 0 +++", "13 +++ killed by SIGSEGV +++"];
    expect((await read(lines)).slice(-2)).toEqual(["2 12 * exit", "3 13 * killed"]);
  });

  it("stands before what its parent does after wait4 where strace does not tell it", async () => {
    const lines = [
      `10 ${exec}`,
      `10 ${forked} = 11`,
      "10 wait4(11,  <unfinished ...>",
      `11 ${map(1)}`,
      "11 exit_group(0) = ?",
      "10 <... wait4 resumed>NULL, 0, NULL) = 11",
      `10 ${map(2)}`,
      "10 exit_group(0) = ?",
    ];
    expect((await read(lines)).slice(2)).toEqual([
      "4 11 mmap = 0x7f0000001000",
      "5 11 * exit",
      "7 10 mmap = 0x7f0000002000",
      "8 10 * exit",
    ]);
  });

  it("is told by wait4 alone, of a signal that old strace prints", async () => {
    const death = async (signal: string, wait: string): Promise<string[]> => {
      const lines = [`10 ${exec}`, `10 ${forked} = 11`, `11 --- ${signal} @ 0 (0) ---`];
      return (await read([...lines, `10 ${wait} = 11`, `10 ${map(1)}`])).slice(2);
    };
    const wait = "wait4(11, NULL, 0, NULL)";
    const stopped = "wait4(-1, [{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSEGV}], WSTOPPED, NULL)";
    const next = "5 10 mmap = 0x7f0000001000";
    expect(await death("SIGSEGV (Segmentation fault)", wait)).toEqual(["4 11 * killed", next]);
    expect(await death("SIGTSTP (Stopped)", wait)).toEqual([next]);
    expect(await death("SIGSEGV (Segmentation fault)", stopped)).toEqual([next]);
  });

  it("is of all threads of the process that was waited for", async () => {
    const thread = forked.replace("SIGCHLD", "CLONE_VM|CLONE_THREAD");
    const lines = [
      `10 ${exec}`,
      `10 ${forked} = 11`,
      `11 ${thread} = 12`,
      `12 ${map(1)}`,
      "12 exit_group(0) = ?",
      "10 wait4(-1, NULL, 0, NULL) = 11",
      `10 ${map(2)}`,
    ];
    expect((await read(lines)).slice(4)).toEqual([
      "5 11 * exit",
      "5 12 * exit",
      "7 10 mmap = 0x7f0000002000",
    ]);
  });

  it("is not told by old strace where it leaves all tasks, the first one first", async () => {
    const lines = [
      "Process 10 attached - interrupt to quit",
      "clone(Process 11 attached",
      "child_stack=0x7f00, flags=CLONE_VM|CLONE_THREAD) = 11",
      `[pid 11] ${map(1)}`,
      "Process 10 detached",
      "Process 11 detached",
    ];
    expect((await read(lines)).at(-1)).toBe("4 11 mmap = 0x7f0000001000");
  });
});
