import { describe, expect, it } from "vitest";
import { strace } from "../../src/formats/strace.ts";
import { readWith } from "../support/samples.ts";
import { exec, forked, map, read } from "../support/task-lines.ts";

describe("a child whose first lines precede the end of the call that made it", () => {
  it("is born before them", async () => {
    const lines = [
      `10 ${exec}`,
      `10 ${forked.slice(0, -1)} <unfinished ...>`,
      `11 ${map(1)}`,
      `12 ${map(2)}`,
      "10 <... clone resumed>) = 12",
      `12 ${map(3)}`,
    ];
    // Nobody made 11: its clone is not in the recording.
    expect(await read(lines)).toEqual([
      "1 10 * exec /bin/a",
      "3 11 * attach",
      "3 11 ! parse/unknown-parent",
      "3 11 mmap = 0x7f0000001000",
      "2.5 10 * fork child=12",
      "4 12 mmap = 0x7f0000002000",
      "6 12 mmap = 0x7f0000003000",
    ]);
  });

  it("does not end when the call that made it returns without having been seen to begin", async () => {
    const lines = [
      `10 ${exec}`,
      `11 ${map(1)}`,
      "10 vfork() = 11",
      `11 ${map(2)}`,
      "11 +++ exited with 0 +++",
    ];
    expect((await read(lines)).slice(3)).toEqual([
      "2 11 mmap = 0x7f0000001000",
      "3 10 * vfork child=11",
      "4 11 mmap = 0x7f0000002000",
      "5 11 * exit",
    ]);
  });

  it("is found through two generations", async () => {
    const lines = [
      `10 ${exec}`,
      "10 vfork( <unfinished ...>",
      `11 ${map(1)}`,
      "11 vfork( <unfinished ...>",
      `12 ${map(2)}`,
      "12 exit_group(0) = ?",
      "12 +++ exited with 0 +++",
      "11 <... vfork resumed>) = 12",
      "11 exit_group(0) = ?",
      "11 +++ exited with 0 +++",
      "10 <... vfork resumed>) = 11",
    ];
    expect(await read(lines)).toEqual([
      "1 10 * exec /bin/a",
      "2.11 10 * vfork child=11",
      "3 11 mmap = 0x7f0000001000",
      "4.8 11 * vfork child=12",
      "5 12 mmap = 0x7f0000002000",
      "7 12 * exit",
      "10 11 * exit",
    ]);
  });

  it("is known by its number in strace's own namespace", async () => {
    const end = "10 <... clone resumed>) = 3 /* 11 in strace's PID NS */";
    const start = `10 ${forked.slice(0, -1)} <unfinished ...>`;
    const texts = await read([`10 ${exec}`, start, `11 ${map(1)}`, end]);
    expect(texts).toEqual([
      "1 10 * exec /bin/a",
      "2.4 10 * fork child=11",
      "3 11 mmap = 0x7f0000001000",
    ]);
  });

  it("is the only one that can be meant where numbers are of another namespace", async () => {
    const start = `10 ${forked.slice(0, -1)} <unfinished ...>`;
    const texts = await read([`10 ${exec}`, start, `11 ${map(1)}`, "10 <... clone resumed>) = 3"]);
    expect(texts.slice(1)).toEqual(["2.4 10 * fork child=11", "3 11 mmap = 0x7f0000001000"]);
  });
});

describe("what a child shares", () => {
  it.each([
    ["fork", `${forked} = 11`],
    ["vfork", "vfork() = 11"],
    ["fork", "fork() = 11"],
    ["thread", "clone(child_stack=0x7f00, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = 11"],
    ["shared-mm", "clone(child_stack=0x7f00, flags=CLONE_VM|SIGCHLD) = 11"],
    ["vfork", "clone(child_stack=0x7f00, flags=CLONE_VM|CLONE_VFORK|SIGCHLD) = 11"],
    ["fork", "clone(child_stack=0x7f00, flags=CLONE_FILES|SIGCHLD) = 11"],
    ["thread", "clone3({flags=CLONE_VM|CLONE_THREAD, stack=0x7f} => {parent_tid=[11]}, 88) = 11"],
    ["thread", "clone3({flags=0x3d0f00, stack=0x7f} => {parent_tid=[11]}, 88) = 11<a>"],
    ["fork", "clone(child_stack=NULL, flags=0x1200000|17, child_tidptr=0x7f) = 11"],
    ["fork", "clone(0x1200011, 0, 0, 0x7f60, 0) = 0xb"],
    ["thread", "clone(0x3d0f00, 0x7f60, 0x7f60, 0x7f60, 0) = 0xb"],
  ])("%s: %s", async (birth, line) => {
    const texts = await read([`10 ${exec}`, `10 ${line}`, `11 ${map(1)}`]);
    expect(texts[1]).toBe(`2 10 * ${birth} child=11`);
  });

  it("is guessed for clone3 without flags, and said", async () => {
    const texts = await read([
      `10 ${exec}`,
      "10 syscall_435(0x7ffe, 0x58, 0x40) = 0xb",
      `11 ${map(1)}`,
    ]);
    expect(texts.slice(1, 3)).toEqual(["2 10 ! parse/guessed-clone", "2 10 * thread child=11"]);
  });

  it("keeps the parent of one that was taken for a thread and is none: it goes on after exec as itself", async () => {
    const lines = [
      `10 ${exec}`,
      `10 ${map(1)}`,
      "10 syscall_435(0x7ffe0000, 0x58, 0x4052b0, 0x8, 0x7f4e, 0x7ffd) = 0xb",
      `11 ${exec}`,
      `11 ${map(2)}`,
      "11 +++ exited with 0 +++",
      `10 ${map(3)}`,
      "10 +++ exited with 0 +++",
    ];
    expect(await read(lines)).toEqual([
      "1 10 * exec /bin/a",
      "2 10 mmap = 0x7f0000001000",
      "3 10 ! parse/guessed-clone",
      "3 10 * thread child=11",
      "4 11 * exec /bin/a",
      "5 11 mmap = 0x7f0000002000",
      "6 11 * exit",
      "7 10 mmap = 0x7f0000003000",
      "8 10 * exit",
    ]);
  });

  it("decides whose descriptors are meant", async () => {
    const open = (name: string): string => `openat(AT_FDCWD, "/${name}", O_RDWR) = 3`;
    const mapped = "mmap(NULL, 4096, PROT_READ, MAP_SHARED, 3, 0) = 0x7f0000001000";
    const lines = [
      `10 ${exec}`,
      `10 ${open("a")}`,
      "10 clone(child_stack=0x7f00, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = 11",
      `10 ${forked} = 12`,
      "11 close(3) = 0",
      `11 ${open("b")}`,
      `10 ${mapped}`,
      `12 ${mapped}`,
      "12 dup2(3, 4) = 4",
      "12 close(3) = 0",
      `12 ${mapped.replace(" 3, 0", " 4, 0")}`,
      `12 ${open("c").replace("O_RDWR", "O_RDWR|O_CLOEXEC")}`,
      `12 ${exec}`,
      `12 ${mapped}`,
      `12 ${mapped.replace(" 3, 0", " 4, 0")}`,
    ];
    const { events } = await readWith(strace, `${lines.join("\n")}\n`);
    const files = events.flatMap((event) =>
      event.kind === "call" && event.call === "mmap" ? [`${event.line} ${event.file?.path}`] : [],
    );
    expect(files).toEqual(["7 /b", "8 /a", "11 /a", "14 undefined", "15 /a"]);
    const ids = events.flatMap((event) =>
      event.kind === "call" && event.call === "mmap" ? [event.file?.id] : [],
    );
    expect(ids).toEqual([1, 0, 0, -1, 0]);
  });
});

describe("a program that begins when all others have ended", () => {
  it.each(["", "10 ", "[pid 10] "])("is that of another recording: %j", async (pid) => {
    const end = "+++ exited with 0 +++";
    const both = [pid, pid.replace("10", "20")];
    const texts = await read(both.flatMap((id) => [exec, map(1), end].map((line) => id + line)));
    expect(texts.map((text) => text.replace(/^\d+ (?:-|10|20) /, ""))).toEqual([
      ...["* exec /bin/a", "mmap = 0x7f0000001000", "* exit"],
      ...["* exec /bin/a", "mmap = 0x7f0000001000", "* exit"],
    ]);
  });
});

describe("an equals sign behind the result", () => {
  it("is not taken for the result", async () => {
    const lines = [
      `10<a = b> ${exec}`,
      `10<a = b> ${forked} = 11<a = b>`,
      "11<a = b> munmap(0x7f0000001000, 4096) = -1 ENOMEM (Speicher = voll)",
      `11<a = b> ${map(1)}`,
    ];
    expect(await read(lines)).toEqual([
      "1 10 * exec /bin/a",
      "2 10 * fork child=11",
      "3 11 munmap(0x7f0000001000, 4096) = ENOMEM",
      "4 11 mmap = 0x7f0000001000",
    ]);
  });
});

describe("lines without a pid", () => {
  it("have the number that is found later, and are marked", async () => {
    const lines = [
      exec,
      map(1),
      `${forked} = 11`,
      `[pid    10] ${map(2)}`,
      `[pid    11] ${map(3)}`,
      "[pid    11] +++ exited with 0 +++",
      map(4),
    ];
    const { events } = await readWith(strace, `${lines.join("\n")}\n`);
    expect(events.map((event) => [event.line, event.pid, event.bare ?? false])).toEqual([
      [1, 10, true],
      [2, 10, true],
      [3, 10, true],
      [4, 10, false],
      [5, 11, false],
      [6, 11, false],
      [7, 10, true],
    ]);
  });

  it("are of the task that is left", async () => {
    const lines = [
      exec,
      `${forked}strace: Process 11 attached`,
      " = 11",
      `[pid    10] ${map(2)}`,
      "[pid    10] exit_group(0) = ?",
      "[pid    10] +++ exited with 0 +++",
      map(3),
    ];
    const texts = await read(lines);
    expect(texts.at(-1)).toBe("7 - mmap = 0x7f0000003000");
    const { events } = await readWith(strace, `${lines.join("\n")}\n`);
    expect(events.at(-1)?.pid).toBe(11);
  });

  it("have no number where the recording has none", async () => {
    const { events } = await readWith(strace, `${exec}\n${map(1)}\n`);
    expect(events.map((event) => event.pid)).toEqual([null, null]);
  });
});
