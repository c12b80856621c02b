import { describe, expect, it } from "vitest";
import { Diagnostics, MmreplayError } from "../../src/errors.ts";
import { readSet, strace } from "../../src/formats/strace.ts";
import type { Event } from "../../src/trace/event.ts";
import { eventText } from "../support/events-text.ts";
import { inputOf, readWith } from "../support/samples.ts";

const map = (at: number, length = 4096): string =>
  `mmap(NULL, ${length}, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f000000${at}000`;
const exec = 'execve("/bin/a", ["a"], 0x7ffe /* 3 vars */) = 0';
const forked = "clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f00)";

async function read(lines: readonly string[]): Promise<string[]> {
  const { events } = await readWith(strace, `${lines.join("\n")}\n`);
  return events.map(eventText).map((text) => text.replace(/mmap\(.*\)/, "mmap"));
}

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
      "2 11 * attach",
      "2 11 ! parse/unknown-parent",
      "3 10 mmap = 0x7f0000002000",
    ]);
  });
});

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

describe("a set of one file per task", () => {
  const at = (time: string, line: string): string => `1795351507.${time} ${line}\n`;
  const parent =
    at("000100", exec) + at("000200", `${forked} = 11 <0.000300>`) + at("000900", map(2));
  const child = at("000300", map(1));
  const readFiles = async (
    files: Readonly<Record<string, string>>,
  ): Promise<{ events: Event[]; diagnostics: Diagnostics }> => {
    const events: Event[] = [];
    const diagnostics = new Diagnostics();
    const inputs = Object.entries(files).map(([name, text]) => inputOf(text, name, 16));
    await readSet(inputs, (event) => events.push(event), diagnostics);
    return { events, diagnostics };
  };
  const codeOf = async (files: Readonly<Record<string, string>>): Promise<string> => {
    try {
      await readFiles(files);
    } catch (error) {
      return error instanceof MmreplayError ? error.code : "thrown";
    }
    return "accepted";
  };

  it("is merged by time", async () => {
    const { events } = await readFiles({ "out.11": child, "out.10": parent });
    expect(events.map(eventText).map((text) => text.replace(/mmap\(.*\)/, "mmap"))).toEqual([
      "1 10 * exec /bin/a",
      "2 10 * fork child=11",
      "3 11 mmap = 0x7f0000001000",
      "4 10 mmap = 0x7f0000002000",
    ]);
  });

  it("ends a task once, though wait4 began before the end that it returns", async () => {
    const at = (tenths: number): string => `1795351398.${tenths}00000`;
    const { events } = await readFiles({
      "out.10": `${at(0)} ${exec} <0.1>\n${at(2)} ${forked} = 11 <0.1>\n${at(5)} wait4(-1, NULL, 0, NULL) = 11 <0.5>\n`,
      "out.11": `${at(3)} ${map(1)} <0.01>\n${at(4)} exit_group(0) = ?\n${at(6)} +++ exited with 0 +++\n`,
    });
    const ends = events.map(eventText).filter((text) => text.endsWith("* exit"));
    expect(ends).toEqual(["6 11 * exit"]);
  });

  it("ends calls when their durations say", async () => {
    const thread = "clone(child_stack=0x7f00, flags=CLONE_VM|CLONE_THREAD) = 11 <0.000010>";
    const { events } = await readFiles({
      "o.10":
        at("000100", exec) +
        at("000200", thread) +
        at("000300", "munmap(0x7f0000001000, 4096) = 0 <0.000500>"),
      "o.11": at("000400", `${map(1)} <0.000020>`),
    });
    // The munmap began first and ended last: what the mmap got, it had freed.
    expect(events.map((event) => event.line)).toEqual([1, 2, 3, 4]);
    expect(events.map((event) => event.time).slice(2)).toEqual([1795351507.0008, 1795351507.00042]);
  });

  it("says whose file is missing", async () => {
    const { diagnostics } = await readFiles({ "out.10": parent });
    expect(diagnostics.warnings.get("parse/missing-member")).toMatchObject({
      count: 1,
      lines: [2],
    });
  });

  it("needs times, names and each task once", async () => {
    expect(await codeOf({ "out.10": `${exec}\n` })).toBe("parse/set-without-times");
    expect(await codeOf({ "out.10": `     0.000100 ${exec}\n` })).toBe("parse/set-without-times");
    expect(await codeOf({ out: parent })).toBe("parse/set-member");
    expect(await codeOf({ "a.10": parent, "b.10": parent })).toBe("parse/set-member");
  });
});

describe("descriptors", () => {
  const files = async (...lines: string[]): Promise<unknown[]> => {
    const { events } = await readWith(strace, `${[exec, ...lines].join("\n")}\n`);
    return events.flatMap((event) =>
      event.kind === "call" && event.call === "mmap" && event.file ? [event.file] : [],
    );
  };
  const mapped = (fd: string): string =>
    `mmap(NULL, 4096, PROT_READ, MAP_SHARED, ${fd}, 0) = 0x7f0000001000`;

  it.each([
    ["VFIO_GROUP_GET_DEVICE_FD", "4"],
    ["0x3b6a /* VFIO_GROUP_GET_DEVICE_FD */", "4</dev/vfio/12<char 246:0>>"],
  ])("of a VFIO device come from an ioctl: %s", async (request, group) => {
    const lines = [
      `ioctl(${group}, ${request}, 0x7ffe) = 5`,
      "ioctl(5, VFIO_DEVICE_GET_REGION_INFO, 0x7ffe) = 0",
      mapped("5"),
      mapped("5<anon_inode:[vfio-device]>"),
    ];
    const device = { id: 0, kind: "vfio", path: "anon_inode:[vfio-device]" };
    expect(await files(...lines)).toEqual([device, device]);
  });

  it("of huge memory files tell the page size", async () => {
    const lines = [
      'memfd_create("ram", MFD_CLOEXEC|MFD_HUGETLB|30<<MFD_HUGE_SHIFT) = 4',
      mapped("4</memfd:ram>(deleted)"),
      'memfd_create("ram", 0x54000005 /* MFD_HUGETLB */) = 5',
      mapped("5"),
    ];
    expect(await files(...lines)).toEqual([
      { id: 0, kind: "hugetlb", path: "/memfd:ram", hugePage: 2 ** 30 },
      { id: 1, kind: "hugetlb", path: "/memfd:ram", hugePage: 2 ** 21 },
    ]);
  });

  it.each([
    ["3</dev/zero<char 1:5>>", "zero"],
    ["3</dev/dri/card0<char 226:0>>", "drm"],
    ["3</dev/sda<block 8:0>>", "device"],
    ["3</srv/odd<char 10:232>>", "device"],
    ["3</dev/shm/x>", "shmem"],
    ["3</dev/hugepages/x>", "hugetlb"],
    ["3</SYSV00000000>(deleted)", "shmem"],
    ["3<anon_inode:[io_uring]>", "io-uring"],
    ["3<anon_inode:kvm-vcpu:0>", "device"],
    ["3<{eventfd-count=0, eventfd-id=2}>", "device"],
    ["3<TCP:[157374]>", "socket"],
    ["3<UNIX-STREAM:[1->2]>", "socket"],
    ["3<socket:[161606]>", "socket"],
    ["3</sys/bus/pci/devices/0000:00:08.0/resource0>", "device"],
    ["3</home/a/b.so>", "regular"],
  ])("are known by what strace prints behind them: %s", async (fd, kind) => {
    expect(await files(mapped(fd))).toMatchObject([{ id: -1, kind }]);
  });

  it.each([
    ["fcntl(3, F_DUPFD, 10) = 10", "/a/b"],
    ["fcntl(3</a/b>, F_DUPFD_CLOEXEC, 10) = 10</a/b>", undefined],
    ["fcntl(3</a, F_GETFD>, 0x406, 10) = 10</a/b>", undefined],
    ["fcntl(fd=3, op=F_DUPFD, arg=10) = 10", "/a/b"],
    ["fcntl(10, F_SETFD, 0) = 0", "/old"],
    ["fcntl(10, F_SETFL, O_RDWR) = 0", undefined],
    ["fcntl(10, F_GETFD) = 0x1 (flags FD_CLOEXEC)", undefined],
  ])("are copied and kept over exec by fcntl: %s", async (line, path) => {
    const lines = [
      'openat(AT_FDCWD, "/old", O_RDWR|O_CLOEXEC) = 10',
      'openat(AT_FDCWD, "/a/b", O_RDWR) = 3',
      line,
      exec,
      mapped("10"),
    ];
    const found = (await files(...lines)) as { path?: string }[];
    expect(found.map((file) => file.path)).toEqual([path]);
  });

  it.each([
    ["pipe2([3, 4], O_CLOEXEC)          = 0"],
    ["pipe2([3<pipe:[829472]>, 4<pipe:[829472]>], O_CLOEXEC) = 0"],
    ["pipe([4, 3])                      = 0"],
    ["socketpair(AF_UNIX, SOCK_STREAM, 0, [2<UNIX-STREAM:[1->2]>, 3<UNIX-STREAM:[2->1]>]) = 0"],
    ["epoll_create1(EPOLL_CLOEXEC)      = 3"],
    ["eventfd2(3, EFD_CLOEXEC)          = 3"],
    ["timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC) = 3"],
    ["signalfd4(-1, [], 8, SFD_CLOEXEC) = 3"],
    ["inotify_init1(IN_CLOEXEC)         = 3"],
    ["userfaultfd(O_CLOEXEC)            = 3"],
    ['open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE) = 3'],
    ["pidfd_open(20235, 0)              = 3"],
    ["syscall_438(0x7, 0x5, 0, 0, 0, 0) = 0x3"],
    ["bpf(BPF_OBJ_GET, {pathname=0x7ffe, bpf_fd=0, file_flags=0}, 128) = 3"],
    [
      "clone3({flags=CLONE_PIDFD|CLONE_VFORK|CLONE_VM, exit_signal=SIGCHLD} => {pidfd=[3]}, 88) = 77",
    ],
    [
      "recvmsg(4, {msg_iovlen=1, msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, " +
        "cmsg_type=SCM_RIGHTS, cmsg_data=[2<pipe:[829472]>, 3<pipe:[829472]>]}], msg_flags=0}, 0) = 1",
    ],
    ["syscall_436(0x3, 0xffffffff, 0, 0, 0, 0) = 0"],
    ["close_range(3, 4294967295, CLOSE_RANGE_UNSHARE) = 0"],
    ["dup2(9, 3)                        = 3"],
  ])("never stand for a file that was closed unseen, after %s", async (line) => {
    const open = 'openat(AT_FDCWD, "/a/b", O_RDWR) = 3';
    expect(await files(open, mapped("3"), line, mapped("3"))).toEqual([
      { id: 0, kind: "regular", path: "/a/b" },
      { id: -1, kind: "unknown" },
    ]);
  });

  it.each([
    ["pipe2([3, 4], O_CLOEXEC) = -1 EMFILE (Too many open files)"],
    ["eventfd2(3, 0) = -1 EMFILE (Too many open files)"],
    ["pipe2([5, 6], 0) = 0"],
    ["sendmsg(4, {msg_control=[{cmsg_type=SCM_RIGHTS, cmsg_data=[3]}], msg_flags=0}, 0) = 1"],
    ["bpf(BPF_MAP_UPDATE_ELEM, {map_fd=3}, 128) = 0"],
  ])("stand for the same file after %s", async (line) => {
    const open = 'openat(AT_FDCWD, "/a/b", O_RDWR) = 3';
    expect(await files(open, line, mapped("3"))).toMatchObject([{ id: 0, path: "/a/b" }]);
  });

  it("that end on another line are forgotten too", async () => {
    const lines = [
      'openat(AT_FDCWD, "/a/b", O_RDWR) = 3',
      "recvmsg(4,  <unfinished ...>",
      "<... recvmsg resumed>{msg_control=[{cmsg_type=SCM_RIGHTS, cmsg_data=[3]}], msg_flags=0}, 0) = 1",
      mapped("3"),
    ];
    expect(await files(...lines)).toEqual([{ id: -1, kind: "unknown" }]);
  });

  it.each([
    ["ioctl(5, KVM_CREATE_VCPU, 1) = 3", "device", "anon_inode:kvm-vcpu:1"],
    ["ioctl(5, KVM_CREATE_VM, 0) = 3", "device", "anon_inode:kvm-vm"],
    ["accept4(4, NULL, NULL, SOCK_CLOEXEC) = 3", "socket", undefined],
  ])("are made by calls that name no path: %s", async (line, kind, path) => {
    const [file] = (await files(line, mapped("3"))) as { kind: string; path?: string }[];
    expect([file?.kind, file?.path]).toEqual([kind, path]);
  });

  it.each([
    ["socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3", "unknown"],
    ["socket(AF_INET, SOCK_STREAM, 0) = 3", "socket"],
    ["accept4(4, NULL, NULL, SOCK_CLOEXEC) = 3", "unknown"],
    ["perf_event_open({type=0}, 0, -1, -1, PERF_FLAG_FD_CLOEXEC) = 3", "unknown"],
    ["perf_event_open({type=0}, 0, -1, -1, 0) = 3", "device"],
  ])("are closed by exec if they are told to: %s", async (line, kind) => {
    expect(await files(line, exec, mapped("3"))).toMatchObject([{ kind }]);
  });

  it("are a task's own after unshare(CLONE_FILES)", async () => {
    const thread = "clone(child_stack=0x7f00, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = 11";
    const opened = async (unshare: string): Promise<unknown> => {
      const lines = [`10 ${exec}`, `10 ${thread}`, `11 ${unshare}`];
      const more = ['10 openat(AT_FDCWD, "/a/b", O_RDWR) = 3', `11 ${mapped("3")}`];
      const { events } = await readWith(strace, `${[...lines, ...more].join("\n")}\n`);
      const last = events.at(-1);
      return last?.kind === "call" && last.call === "mmap" ? last.file?.path : undefined;
    };
    expect(await opened("unshare(CLONE_FILES) = 0")).toBeUndefined();
    expect(await opened("unshare(CLONE_FS) = 0")).toBe("/a/b");
  });

  it("stay one file until they are closed, where opens are recorded", async () => {
    const open = 'openat(AT_FDCWD</a>, "b", O_RDWR) = 3</a/b>';
    const ids = async (...lines: string[]): Promise<unknown[]> =>
      (await files(...lines)).map((file) => (file as { id: number }).id);
    expect(await ids(open, mapped("3</a/b>"), mapped("3</a/b>(deleted)"))).toEqual([0, 0]);
    expect(await ids(open, "close(3</a/b>) = 0", mapped("3</a/b>"), mapped("3</a/b>"))).toEqual([
      1, 1,
    ]);
    expect(await ids(mapped("3</a/b>"), mapped("3</a/b>"))).toEqual([-1, -1]);
  });
});
