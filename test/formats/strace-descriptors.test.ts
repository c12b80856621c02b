import { describe, expect, it } from "vitest";
import { strace } from "../../src/formats/strace.ts";
import { readWith } from "../support/samples.ts";
import { exec } from "../support/task-lines.ts";

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

  it("of memory files are closed by exec if they were made so", async () => {
    const made = ['memfd_create("a", MFD_CLOEXEC) = 3', 'memfd_create("b", 0) = 4'];
    expect(await files(...made, exec, mapped("3"), mapped("4"))).toMatchObject([
      { kind: "unknown" },
      { kind: "shmem", path: "/memfd:b" },
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

  it.each([
    [
      "as strace 5.19 prints",
      "= 3</a/b (deleted)>",
      "3</a/b (deleted)>",
      "3</a/b (deleted)>(deleted)",
    ],
    [
      "as older ones print",
      "= 3</a/b (deleted)>",
      "3</a/b (deleted)>",
      "3</a/b (deleted) (deleted)>",
    ],
    ["without -y at the open", "= 3", "3</a/b (deleted)>", "3</a/b (deleted) (deleted)>"],
  ])("keep a name that really ends like that of a deleted file, %s", async (_, end, live, gone) => {
    const lines = [`openat(AT_FDCWD, "b (deleted)", O_RDWR) ${end}`, mapped(live), mapped(gone)];
    const file = { id: 0, kind: "regular", path: "/a/b (deleted)" };
    expect(await files(...lines)).toEqual([file, file]);
  });

  it("lose what strace adds to the name of a deleted file", async () => {
    const link = 'openat(AT_FDCWD, "link (deleted)", O_RDWR) = 3</a/b>';
    const file = { id: 0, kind: "regular", path: "/a/b" };
    expect(await files(link, mapped("3</a/b>"), mapped("3</a/b (deleted)>"))).toEqual([file, file]);
    expect(await files(mapped("4</a/b (deleted)>"))).toEqual([{ ...file, id: -1 }]);
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
