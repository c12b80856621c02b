/** Arbitrary lines of strace in the style of any recorder, good and damaged, for properties. */

import fc from "fast-check";

const number = fc.oneof(
  fc.constantFrom("NULL", "0", "0x0", "0x", "4096", "-1", "65536", "1", "x"),
  fc.maxSafeNat().map((value) => `0x${value.toString(16)}`),
  fc.bigInt({ min: 0n, max: 2n ** 66n }).map((value) => `0x${value.toString(16)}`),
  fc.nat({ max: 2 ** 20 }).map((page) => `0x7f${(page * 4096).toString(16).padStart(10, "0")}`),
);
const prot = fc.constantFrom(
  "PROT_NONE",
  "PROT_READ|PROT_WRITE",
  "0x3",
  "0x3 /* PROT_READ|PROT_WRITE */",
  "0x3 /* PROT_READ, PROT_WRITE */",
  "0x3 /* PROT_READ",
  "PROT_READ|PROT_NEW",
  "prot=PROT_READ",
  "",
);
const flags = fc.constantFrom(
  "MAP_PRIVATE|MAP_ANONYMOUS",
  "0x1 /* MAP_SHARED */",
  "0x2",
  "MAP_SHARED",
  "MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS",
  "MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|21<<MAP_HUGE_SHIFT",
  "0x22 /* MAP_PRIVATE|MAP_ANONYMOUS */",
  "MAP_NEW",
);
const fd = fc.constantFrom(
  "-1",
  "3",
  "3",
  "4",
  "3</usr/lib/libc.so.6>",
  "3</lib/libc.so.6>",
  "4</a b, c)>",
  "5</x>(deleted)",
  "5</x (deleted)>",
  "5</x",
  "6</dev/zero<char 1:5>>",
  "7<anon_inode:[vfio-device]>",
  "8<UNIX-STREAM:[1->2]>",
  "9<{eventfd-count=0, eventfd-id=1}>",
  "-0",
  "0x3",
  "fd=3",
);
const path = fc.constantFrom(
  '"/usr/lib/libc.so.6"',
  '"/usr/lib/libc.so.6"',
  '"/dev/zero"',
  '"relative"',
  '"a \\"quote\\", b"',
  '"cut"...',
  '"\\303\\244"',
  '"F_DUPFD = 3"',
  "0x7ffe",
  "NULL",
  '"',
);
const directory = fc.constantFrom(
  "AT_FDCWD",
  "AT_FDCWD",
  "AT_FDCWD</home/me>",
  "-100 /* AT_FDCWD */",
  "5</etc>",
  "dfd=5",
);
const openFlags = fc.constantFrom(
  "O_RDONLY|O_CLOEXEC",
  "O_RDONLY",
  "O_RDWR|O_CREAT|O_CLOEXEC, 0644",
  "0x80000",
  "0x80000 /* O_RDONLY|O_CLOEXEC */",
  "0 /* O_RDONLY */",
  "O_RDONLY /* O_CLOEXEC */",
  "{flags=O_RDONLY|O_CLOEXEC, resolve=RESOLVE_BENEATH}, 24",
  "flags=O_CLOEXEC",
  "",
);
const command = fc.constantFrom(
  "F_GETFD",
  "F_SETFD, FD_CLOEXEC",
  "F_SETFD, 0",
  "F_SETFL, O_RDWR|O_NONBLOCK",
  "F_SETLK, {l_type=F_RDLCK, l_whence=SEEK_SET, l_start=0, l_len=1}",
  "F_DUPFD, 10",
  "F_DUPFD_CLOEXEC, 10",
  "0x406, 10",
  "0x2 /* F_SETFD */, 0x1 /* FD_CLOEXEC */",
  "0x40c /* F_??? */, 0x7f0000000000",
  "op=F_DUPFD, arg=3",
  "F_",
  "F",
  "",
);
/** Calls that make, copy and close descriptors. */
const fileCall = fc.oneof(
  { weight: 3, arbitrary: fd.map((closed) => `close(${closed}`) },
  fc.tuple(directory, path, openFlags).map((args) => `openat(${args.join(", ")}`),
  fc.tuple(path, openFlags).map((args) => `open(${args.join(", ")}`),
  fc.tuple(fd, command).map((args) => `fcntl(${args.join(", ")}`),
  fd.map((copied) => `dup(${copied}`),
  fc.tuple(fd, fd).map((args) => `dup2(${args.join(", ")}`),
  fc
    .tuple(fd, fd, fc.constantFrom("O_CLOEXEC", "0", "0x80000 /* O_CLOEXEC */"))
    .map((args) => `dup3(${args.join(", ")}`),
  fc
    .constantFrom("MFD_CLOEXEC", "0", "MFD_HUGETLB|21<<MFD_HUGE_SHIFT", "0x1")
    .map((made) => `memfd_create("heap", ${made}`),
  fc
    .constantFrom("3, 5, 0", "3, 4294967295, CLOSE_RANGE_CLOEXEC", "4, 4, 0x4")
    .map((range) => `close_range(${range}`),
);
const call = fc.oneof(
  fc.tuple(number, number, prot, flags, fd, number).map((args) => `mmap(${args.join(", ")}`),
  fc.tuple(number, number).map((args) => `munmap(${args.join(", ")}`),
  fc.tuple(number, number, prot).map((args) => `mprotect(${args.join(", ")}`),
  fc
    .tuple(number, number, fc.constantFrom("MADV_DONTNEED", "0x4 /* MADV_DONTNEED */", "0x99"))
    .map((args) => `madvise(${args.join(", ")}`),
  number.map((addr) => `brk(${addr}`),
  fc
    .tuple(
      number,
      number,
      number,
      fc.constantFrom("MREMAP_MAYMOVE", "0", "MREMAP_MAYMOVE|MREMAP_FIXED", "0x4"),
      fc.constantFrom("", ", 0x7f0000100000", ", NULL", ", 0x1, 0x2"),
    )
    .map(([...args]) => `mremap(${args.slice(0, 4).join(", ")}${args[4]}`),
  fc.tuple(number, number, prot, flags, fd, number).map((args) => `mmap(${args.join(", ")}`),
  fileCall,
  fileCall,
  fileCall,
  fc.constantFrom(
    'write(1, "x"',
    "futex(0x7f0000000000, FUTEX_WAKE",
    "ioctl(3, TCGETS",
    "wait4(12, [{WIFEXITED(s)}], 0, NULL",
    'execve("/bin/true", ["true"], 0x7ffe',
    "clone(child_stack=NULL, flags=CLONE_VM|CLONE_THREAD",
    "exit(0",
  ),
);
const outcome = fc.oneof(
  number.map((value) => ` = ${value}`),
  fc.constantFrom(
    " = 0",
    "      = 0",
    " = -1 ENOMEM (Cannot allocate memory)",
    " = -1 ENOMEM (Nicht (genug))",
    " = -1 ENOMEM (a = b)",
    " = -1 EBADF (Bad file descriptor)",
    " = -1 ENOMEM",
    " = -1 ENOMEM (Cannot allocate memory) (INJECTED)",
    " = -1 (errno 524)",
    " = -1",
    " = ?",
    " = 3",
    " = 4",
    " = 10",
    " = 3</usr/lib/libc.so.6>",
    " = 4</x y>",
    " = 5</x>(deleted)",
    " = 6</dev/zero<char 1:5>>",
    " = 8<UNIX-STREAM:[1->2]>",
    " = 0x1 (flags FD_CLOEXEC)",
    " = 3 (INJECTED)",
    "",
    " = 12",
  ),
);
const duration = fc.constantFrom(
  "",
  " <0.000017>",
  " <0>",
  " <1.5>",
  " <unfinished ...>",
  " (DELAYED)",
);
const body = fc.oneof(
  fc.tuple(call, outcome, duration).map(([head, end, took]) => `${head})${end}${took}`),
  call.map((head) => `${head} <unfinished ...>`),
  fc
    .tuple(
      fc.constantFrom(
        "mmap",
        "munmap",
        "mprotect",
        "madvise",
        "brk",
        "mremap",
        "clone",
        "openat",
        "close",
        "fcntl",
        "futex",
      ),
      outcome,
      duration,
    )
    .map(([name, end, took]) => `<... ${name} resumed>)${end}${took}`),
  fc.constantFrom(
    "+++ exited with 0 +++",
    "--- SIGCHLD {si_signo=SIGCHLD} ---",
    "--- SIGCHLD",
    "",
    "noise",
    "mmap(NULL, 4096, PROT_READ, MAP_PRIVATEstrace: Process 13 attached",
  ),
);
/** What stands before a call: of whom, and when in millionths of a second. */
export type Prefixed = (pid: number, time: number) => string;
const padded = (value: number, width: number): string => String(value).padStart(width, "0");
const fractionOf = (time: number): string => padded(time % 1_000_000, 6);
const unix: Prefixed = (_, time) =>
  `${1_795_351_507 + Math.floor(time / 1_000_000)}.${fractionOf(time)} `;
const day: Prefixed = (_, time) => {
  const seconds = Math.floor(time / 1_000_000);
  return `23:59:${58 + seconds}.${fractionOf(time)} `.replace("59:60", "00:00");
};
const bracket: Prefixed = (pid) => `[pid ${pid}] `;
export const prefixes: readonly Prefixed[] = [
  unix,
  day,
  bracket,
  () => "",
  (pid) => `${pid} `,
  (pid, time) => `${pid} ${1_795_351_507 + Math.floor(time / 1_000_000)} `,
  (pid, time) => `${pid} ${day(pid, time)}`,
  (pid, time) => `${pid} ${day(pid, time).slice(0, 8)} `,
  (pid, time) => bracket(pid, time) + unix(pid, time),
  (pid, time) => bracket(pid, time) + day(pid, time),
  (pid, time) => `${pid}<life> ${unix(pid, time)}`,
  (pid, time) => `${pid}<a b> ${unix(pid, time)}`,
  (pid, time) => `${pid}     0.${fractionOf(time)} `,
  (pid, time) => `${pid} ${day(pid, time)}(+     0.000012) `,
  (pid) => `${pid} (+     0.000012) `,
  (pid, time) => `${pid} ${unix(pid, time)}[   9] `,
  (pid, time) => `${pid} ${unix(pid, time)}[00007f7f600a1e17] `,
  (pid) => `${pid}<never closed `,
  (_, time) => `12:${time % 10}`,
];
/** What `strace -f -ttt` prints. */
export const usual: Prefixed = (pid, time) => `${pid}  ${unix(pid, time)}`;
const pids = fc.constantFrom(11, 11, 11, 12, 13);
/** Millionths of a second since the line before; calls may take longer than that. */
const steps = fc.oneof(
  { weight: 30, arbitrary: fc.nat({ max: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(-20, -1000, 1_000_000) },
);
/** Lines of one recorder, with a few of another. */
export const manyLines = (style: Prefixed): fc.Arbitrary<string[]> => {
  const print = fc.oneof(
    { weight: 15, arbitrary: fc.constant(style) },
    { weight: 1, arbitrary: fc.constantFrom(...prefixes) },
  );
  return fc.array(fc.tuple(pids, steps, print, body), { maxLength: 40 }).map((lines) => {
    let time = 1_999_000;
    return lines.map(([pid, step, before, rest]) => {
      time += step;
      return before(pid, time) + rest;
    });
  });
};
