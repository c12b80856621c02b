import { describe, expect, it } from "vitest";
import { between, good, map, read } from "../support/strace-text.ts";

describe("a call whose end strace -z prints without its name", () => {
  it("goes on from the line before, whoever else is in a call", async () => {
    const texts = await read(
      [
        '9735 execve("/a", ["a"], 0x1 /* 1 var */) = 0',
        "9735 clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 9736",
        "9735 madvise(0x7f0000002000, 4096, MADV_DONTNEED <unfinished ...>",
        "9736 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>",
        ")                                       = 0x7f0000000000",
        "9735 <... madvise resumed>) = 0",
        "",
      ].join("\n"),
    );
    expect(texts.slice(2)).toEqual([
      "4.5 9736 mmap(0x0, 8192, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000000000",
      "3.6 9735 madvise(0x7f0000002000, 4096, MADV_DONTNEED) = 0x0",
    ]);
  });

  it("is a line cut off where no call is unfinished on the line before", async () => {
    expect(await between(")                 = 0x7f0000000000")).toEqual(["2 - ! parse/cut-off"]);
  });
});

describe("calls that are under way", () => {
  const task = (lines: string[]): string => lines.map((line) => `7 ${line}\n`).join("");

  it("never resumed are counted and kept", async () => {
    expect(await read(task([map, "munmap(0x7f0000001000, 4096 <unfinished ...>"]))).toEqual([
      "1 7 mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000001000",
      "2 7 ! parse/never-resumed",
      "2 7 munmap(0x7f0000001000, 4096) = never resumed",
    ]);
  });

  it("are over when their task does something else", async () => {
    const start = "munmap(0x7f0000001000, 4096 <unfinished ...>";
    const texts = await read(
      task([start, 'read(3, "", 1) = 0', "<... munmap resumed>) = 0", good]),
    );
    expect(texts).toEqual([
      "1 7 ! parse/never-resumed",
      "1 7 munmap(0x7f0000001000, 4096) = never resumed",
      "3 7 ! parse/resumed-without-start",
      "4 7 munmap(0x7f0000001000, 4096) = 0x0",
    ]);
  });

  it("are over where their task makes a call that strace could not name", async () => {
    const nameless = ["???( <unfinished ...>", "<... ??? resumed>) = ?"];
    const start = "munmap(0x1000, 4096 <unfinished ...>";
    expect(await read(task([map, start, ...nameless]))).toEqual([
      "1 7 mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000001000",
      "2 7 ! parse/never-resumed",
      "2 7 munmap(0x1000, 4096) = never resumed",
    ]);
  });

  it("are not resumed under another name", async () => {
    const texts = await read(
      task(["munmap(0x1000, 4096 <unfinished ...>", "<... mprotect resumed>) = 0", good]),
    );
    expect(texts).toEqual([
      "2 7 ! parse/resumed-other-name",
      "1 7 ! parse/never-resumed",
      "1 7 munmap(0x1000, 4096) = never resumed",
      "3 7 munmap(0x7f0000001000, 4096) = 0x0",
    ]);
  });

  it("end with what strace knows when it detaches or the task dies", async () => {
    expect(await read(task([good, "munmap(0x1000, 4096 <detached ...>"]))).toEqual([
      "1 7 munmap(0x7f0000001000, 4096) = 0x0",
      "2 7 munmap(0x1000, 4096) = detached",
    ]);
    expect(
      await read(task([good, "munmap(0x1000, 4096) = ?", "+++ killed by SIGKILL +++"])),
    ).toEqual([
      "1 7 munmap(0x7f0000001000, 4096) = 0x0",
      "2 7 munmap(0x1000, 4096) = unknown",
      "3 7 * killed",
    ]);
  });

  it("are detached from where strace says so of their task, whatever else it prints before", async () => {
    const start = ["strace: Process 7 attached with 2 threads", `[pid 7] ${map}`];
    const end = ["strace: Process 7 detached", "strace: Process 8 detached", " <detached ...>", ""];
    const lost = "munmap(0x7f0000001000, 4096) = detached";
    for (const between of ["", "^C"]) {
      const cut = [`[pid 8] munmap(0x7f0000001000, 4096${between}${end[0]}`, ...end.slice(1)];
      expect((await read([...start, ...cut].join("\n"))).slice(-1)).toEqual([`3 8 ${lost}`]);
    }
    const begun = "[pid 7] munmap(0x7f0000001000, 4096 <unfinished ...>";
    const left = [begun, "[pid 8] read(0, ^Cstrace: Process 7 detached", " <detached ...>", end[1]];
    expect((await read([...start, ...left, ""].join("\n"))).slice(-1)).toEqual([`3 7 ${lost}`]);
  });

  it.each(["<... munmap resumed>)", "<... munmap resumed> )"])(
    "are joined with the spacing of every version: %s",
    async (resumed) => {
      const texts = await read(task(["munmap(0x1000, 4096 <unfinished ...>", `${resumed} = 0`]));
      expect(texts).toEqual(["1.2 7 munmap(0x1000, 4096) = 0x0"]);
    },
  );
});
