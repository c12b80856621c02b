/** The list of bad inputs: what each is, and whether it is refused (E), counted (W) or accepted (I). */

import { gzipSync } from "node:zlib";

type Content = string | Uint8Array;
export type Files = Readonly<Record<string, Content>>;

export const map =
  "10 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000";
export const before: readonly string[] = [
  '10 execve("/bin/a", ["a"], 0x7ffe /* 9 vars */) = 0',
  map,
];
export const after = "10 munmap(0x7f0000001000, 4096) = 0";

/** Lines inside a log that is good otherwise. */
export const log = (...lines: readonly string[]): string =>
  `${[...before, ...lines, after].join("\n")}\n`;
const anon = (result: string, length = "4096", addr = "NULL", flags = "MAP_PRIVATE"): string =>
  `10 mmap(${addr}, ${length}, PROT_READ, ${flags}|MAP_ANONYMOUS, -1, 0) = ${result}`;

const maps = (...lines: readonly string[]): string => `${lines.join("\n")}\n`;
const area = (range: string): string => `${range} rw-p 00000000 00:00 0 `;
const perfLine = (time: string, event: string): string => `   a    10 [000]  ${time}: ${event}`;
export const perfEnter: string = perfLine(
  "1.000001",
  "syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00001000, prot: 0x00000001, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000",
);
export const perfExit: string = perfLine("1.000002", "syscalls:sys_exit_mmap: 0x7f0000001000");
const perfPair = [perfEnter, perfExit];
export const text = (...lines: readonly string[]): string => `${lines.join("\n")}\n`;
export const repeat = (line: string, times: number): string[] =>
  Array.from({ length: times }, () => line);

type Verdict = "E" | "W" | "I";

/** The number and the words of the list of bad inputs. */
export interface Case {
  readonly is: string;
  readonly verdict: Verdict;
  readonly files: Files;
  /** The error, or one of the warnings; any where left out. */
  readonly code?: string;
  /** Calls beside those of the log around the case, as they must be read; not looked at where left out. */
  readonly calls?: readonly string[];
}

const one = (
  is: string,
  verdict: Verdict,
  content: Content,
  code?: string,
  calls?: readonly string[],
): Case => ({
  is,
  verdict,
  files: { "a.strace": content },
  ...(code === undefined ? {} : { code }),
  ...(calls === undefined ? {} : { calls }),
});

const several = (is: string, verdict: Verdict, files: Files, code?: string): Case => ({
  ...one(is, verdict, "", code),
  files,
});

const latin = (content: string): Buffer => Buffer.from(content, "latin1");
const unfinished =
  "10 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>";
const times = (stamps: readonly string[]): string =>
  text(...[...before, after].map((line, at) => line.replace("10 ", `10 ${stamps[at]} `)));

export const cases: readonly Case[] = [
  one("1 an empty file", "E", "", "parse/empty"),
  one("2 blank lines only", "E", "\n\n  \n", "parse/empty"),
  one("3 no memory call", "E", '10 read(3, "x", 1) = 1\n'.repeat(20), "parse/no-memory-calls"),
  one("4 CR LF", "I", log().replaceAll("\n", "\r\n")),
  one("5 CR only", "I", log().replaceAll("\n", "\r")),
  one("6 UTF-16", "E", Buffer.from(`\ufeff${log()}`, "utf16le"), "parse/encoding"),
  one("7 a UTF-8 mark", "I", `\ufeff${log()}`),
  several("8 gzip", "I", { "a.strace.gz": gzipSync(log()) }),
  one("9 perf.data", "E", latin(`PERFILE2${"\0".repeat(100)}`), "parse/perf-data"),
  one("9 trace.dat", "E", latin(`\x17\x08\x44tracing${"\0".repeat(100)}`), "parse/trace-dat"),
  one("10 NUL in a line", "W", latin(log("10 write(1, \0, 1) = 1")), "parse/bad-bytes"),
  one(
    "11 the last line cut inside its arguments",
    "W",
    `${log()}10 mmap(NULL, 40`,
    "parse/cut-line",
    [],
  ),
  one(
    "12 the last line cut inside its result",
    "W",
    `${log()}${anon("0x7f00")}`,
    "parse/cut-line",
    [],
  ),
  one(
    "13 10 MiB in a line that is no memory call",
    "I",
    log(`10 write(1, "${"x".repeat(11 * 1024 * 1024)}", 1) = 1`),
  ),
  one("14 10 MiB without a line end", "E", "x".repeat(11 * 1024 * 1024)),
  one(
    "15 lines wrapped by a mail program",
    "I",
    log(anon("0x7f0000003000").replace("PROT_READ, ", "PROT_READ,\n")),
    undefined,
    ["3.4 10 mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000003000"],
  ),
  one(
    "15 lines wrapped twice, the second time before the result",
    "I",
    log(anon("0x7f0000003000").replace("PROT_READ, ", "PROT_READ,\n").replace(" = ", "\n= ")),
    undefined,
    ["3.5 10 mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000003000"],
  ),
  one("16 quoted-printable", "E", log().replaceAll("= ", "=3D "), "parse/quoted-printable"),
  one("17 a mark before every line", "W", log().replaceAll(/^(?=.)/gm, "> "), "parse/quoted-lines"),
  one(
    "17 a semicolon before every line",
    "W",
    log().replaceAll(/^(?=.)/gm, "; "),
    "parse/quoted-lines",
  ),
  one("18 what people left out", "W", log("[...]", "# here it grows"), "parse/foreign-line"),
  one("19 one result left out", "W", log(anon("...")), "parse/no-result", [
    "3 10 mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = missing",
  ]),
  one(
    "19 a result that is not there at all",
    "W",
    log(anon("").replace(/ = $/, "")),
    "parse/no-result",
  ),
  one("19 all results left out", "E", log().replaceAll(/= .*$/gm, "= ..."), "parse/no-results"),
  one(
    "20 resumed without a start",
    "W",
    log("11 <... mmap resumed>) = 0x7f0000009000"),
    "parse/resumed-without-start",
  ),
  one("21 never resumed", "W", log(unfinished.replace("10 ", "11 ")), "parse/never-resumed"),
  one("22 two starts of one task", "W", log(unfinished, unfinished), "parse/never-resumed", [
    "3 10 mmap(0x0, 8192, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = never resumed",
    "4 10 mmap(0x0, 8192, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = never resumed",
  ]),
  one(
    "23 resumed under another name",
    "W",
    log(unfinished, "10 <... munmap resumed>) = 0"),
    "parse/resumed-other-name",
  ),
  one(
    "24 resumed twice",
    "W",
    log(unfinished, ...repeat("10 <... mmap resumed>) = 0x7f0000009000", 2)),
    "parse/resumed-without-start",
  ),
  one(
    "25 a child before its clone returns",
    "I",
    log(
      "10 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>",
      "11 munmap(0x7f0000001000, 4096) = 0",
      "10 <... clone resumed>) = 11",
    ),
  ),
  one(
    "26 a task without a known parent",
    "W",
    log("77 munmap(0x7f0000001000, 4096) = 0"),
    "parse/unknown-parent",
  ),
  one("27 an attached task without a snapshot", "W", text(map, after), "parse/attached"),
  one(
    "28 a result that is no page",
    "W",
    log(anon("0x7f0000003123")),
    "parse/unaligned-result",
    [],
  ),
  one(
    "29 a number above 64 bits",
    "W",
    log(anon("0x7f0000003000", "0x1ffffffffffffffff")),
    "parse/bad-length",
    [],
  ),
  one("30 no length, with success", "W", log(anon("0x7f0000003000", "0")), "parse/bad-length", []),
  one(
    "31 MAP_FIXED answered elsewhere",
    "W",
    log(anon("0x7f0000009000", "4096", "0x7f0000003000", "MAP_FIXED|MAP_PRIVATE")),
    "parse/fixed-elsewhere",
  ),
  one("32 a result over a live mapping", "W", log(anon("0x7f0000001000")), "resolve/overlap"),
  one("33 munmap of nothing", "I", log("10 munmap(0x7f0000100000, 4096) = 0")),
  one(
    "33 mremap of nothing, with success",
    "W",
    log("10 mremap(0x7f0000100000, 4096, 8192, MREMAP_MAYMOVE) = 0x7f0000200000"),
    "resolve/unknown-range",
  ),
  one(
    "34 time that goes back",
    "W",
    times(["12:00:02", "12:00:01", "12:00:03"]),
    "parse/time-goes-back",
  ),
  one("34 midnight", "I", times(["23:59:58", "23:59:59", "00:00:01"])),
  one(
    "35 two recorders in one file",
    "E",
    text(...before, after, ...repeat(perfEnter, 3), perfExit),
    "parse/mixed-recorders",
  ),
  one(
    "35 a few lines of another recorder",
    "W",
    text(...repeat(map, 40), perfEnter),
    "parse/foreign-line",
  ),
  one(
    "35 what was read, as strace -e read=3 shows it",
    "I",
    text(
      ...before,
      '10 read(3, "\\177ELF"..., 832) = 832',
      ...repeat(
        " | 00000  7f 45 4c 46 02 01 01 03  00 00 00 00 00 00 00 00  .ELF............ |",
        52,
      ),
      after,
    ),
  ),
  one(
    "36 a short log with the table of strace -C",
    "I",
    text(
      ...before,
      after,
      "% time     seconds  usecs/call     calls    errors syscall",
      "------ ----------- ----------- --------- --------- ----------------",
      ...repeat(" 60.00    0.000060          10         6         1 mmap", 9),
      "100.00    0.000100          10        10         1 total",
    ),
  ),
  one(
    "36 the table of strace -c",
    "E",
    "% time     seconds  usecs/call     calls    errors syscall\n------ ----------- ----------- --------- --------- ----------------\n  0.00    0.000000           0        23         9 mmap\n",
    "parse/summary-only",
  ),
  one(
    "37 truss",
    "E",
    text(...repeat("mmap(0x0,4096,0x3,0x1002,-1,0x0)\t\t = 34366173184 (0x800632000)", 5)),
    "parse/truss",
  ),
  one(
    "37 kdump",
    "E",
    text(...repeat("  1234 ls       CALL  mmap(0,0x1000,0x3,0x1002,0xffffffff,0)", 5)),
    "parse/ktrace",
  ),
  one(
    "37 dtruss",
    "E",
    text(
      "SYSCALL(args) \t\t = return",
      ...repeat("mmap(0x0, 0x1000, 0x3, 0x1002, 0xFFFFFFFF, 0x0)\t\t = 0x10A 0", 5),
    ),
    "parse/dtruss",
  ),
  one(
    "37 ltrace",
    "E",
    text("__libc_start_main(0x401136, 1, 0x7ffe, 0x401150 <unfinished ...>", "malloc(10) = 0x55a"),
    "parse/ltrace",
  ),
  one(
    "37 truss -f",
    "E",
    text(
      "  726: mmap(0x0,135168,PROT_READ|PROT_WRITE,MAP_PRIVATE|MAP_ANON,-1,0x0) = 34366173184 (0x80062b000)",
      "  726: open(\"/etc/a\",O_RDONLY,00)\t\t ERR#2 'No such file or directory'",
    ),
    "parse/truss",
  ),
  one(
    "37 truss of Solaris",
    "E",
    text(
      'execve("/usr/bin/ls", 0x8047B5C, 0x8047B64)  argc = 1',
      ...repeat("munmap(0xFEFB0000, 4096)\t\t\t= 0", 3),
      'open("/var/ld/ld.config", O_RDONLY)\t\tErr#2 ENOENT',
    ),
    "parse/truss",
  ),
  one(
    "37 ltrace -S",
    "E",
    text("SYS_brk(0) = 0x55d0c0a00000", "SYS_mmap(0, 4096, 3, 34) = 0x7f49db5000"),
    "parse/ltrace",
  ),
  one(
    "37 runsc --strace",
    "E",
    text(
      "I0705 23:27:43.247383       1 strace.go:576] [   1:   1] a E munmap(0x7f3217000000, 0x40000)",
      "I0705 23:27:43.247488       1 strace.go:614] [   1:   1] a X munmap(0x7f3217000000, 0x40000) = 0 (0x0) (38.221µs)",
    ),
    "parse/gvisor",
  ),
  one(
    "37 the strace of u-root",
    "E",
    text(
      "[pid 4007] E munmap(0x7f3217000000, 0x2000)",
      "[pid 4007] X munmap(0x7f3217000000, 0x2000) = 0x0 (1.2µs)",
    ),
    "parse/u-root-strace",
  ),
  one(
    "37 qemu-user -strace",
    "E",
    text(
      "4711 brk(NULL) = 0x0000000000404000",
      "4711 mmap(NULL,8192,PROT_READ|PROT_WRITE,MAP_PRIVATE|MAP_ANONYMOUS,-1,0) = 0x0000004001a2d000",
      '4711 access("/etc/ld.so.preload",R_OK) = -1 errno=2 (No such file or directory)',
    ),
    "parse/qemu-strace",
  ),
  one(
    "37 sysdig",
    "E",
    text("103 10:15:04.123457999 1 cat (4711) > munmap addr=7F49DB5000 length=4096"),
    "parse/sysdig",
  ),
  one(
    "37 babeltrace",
    "E",
    text(
      "[10:15:04.123456789] (+?.?????????) box syscall_entry_munmap: { cpu_id = 0 }, { addr = 140209, len = 4096 }",
    ),
    "parse/lttng",
  ),
  one(
    "37 auditd",
    "E",
    text("type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e syscall=9 success=yes"),
    "parse/audit",
  ),
  one(
    "37 uftrace",
    "E",
    text("# DURATION     TID     FUNCTION", "            [ 4711] | main() {"),
    "parse/uftrace",
  ),
  one(
    "37 function_graph",
    "E",
    text(
      "# tracer: function_graph",
      "#",
      " 0)               |  /* sys_brk(brk: 0) */",
      " 0)   1.234 us    |    ksys_mmap_pgoff();",
    ),
    "parse/function-graph",
  ),
  one(
    "37 perf report",
    "E",
    text("# Samples: 6  of event 'syscalls:sys_enter_mmap'", "# Overhead  Command", "100.00%  a"),
    "parse/perf-report",
  ),
  one(
    "37 perf stat",
    "E",
    text(" Performance counter stats for './a':", "", "    6      syscalls:sys_enter_mmap"),
    "parse/perf-stat",
  ),
  one(
    "38 valgrind --trace-syscalls",
    "E",
    text("SYSCALL[4711,1](12) sys_brk ( 0x0 ) --> [pre-success] Success(0x4024000)"),
    "parse/valgrind",
  ),
  one(
    "38 a manual page",
    "E",
    text(
      "MMAP(2)     Linux Programmer's Manual     MMAP(2)",
      "",
      "NAME",
      "       mmap, munmap - map files",
    ),
    "parse/manual",
  ),
  one(
    "38 notes",
    "E",
    text(...repeat("we saw the mmap of the BAR fail", 9)),
    "parse/unknown-format",
  ),
  one(
    "38 valgrind",
    "E",
    text(...repeat("==12345== Memcheck, a memory error detector", 3)),
    "parse/valgrind",
  ),
  one("39 perf with entries only", "E", text(...repeat(perfEnter, 3)), "parse/half-calls"),
  one("39 perf with exits only", "E", text(...repeat(perfExit, 3)), "parse/half-calls"),
  one(
    "40 perf that lost events",
    "W",
    text(
      ...perfPair,
      perfLine("1.000003", "PERF_RECORD_LOST lost 237"),
      ...perfPair.map((line) => line.replace("1.00000", "1.00001")),
    ),
    "parse/lost-events",
  ),
  one(
    "40 ftrace that lost events",
    "W",
    text(
      "    a-10  [000] ..... 1.1: sys_brk(brk: 0)",
      "    a-10  [000] ..... 1.2: sys_brk -> 0x5000",
      "CPU:1 [LOST 1538 EVENTS]",
    ),
    "parse/lost-events",
  ),
  one(
    "41 a ring buffer without its beginning",
    "W",
    text(
      "# tracer: nop",
      "# entries-in-buffer/entries-written: 2/9   #P:2",
      "    a-10  [000] ..... 1.1: sys_brk(brk: 0)",
      "    a-10  [000] ..... 1.2: sys_brk -> 0x5000",
    ),
    "parse/overwritten",
  ),
  one(
    "42 unknown bits",
    "I",
    log(anon("0x7f0000003000", "4096", "NULL", "MAP_PRIVATE|0x8000000")),
    undefined,
    [
      "3 10 mmap(0x0, 4096, PROT_READ, 0x8000000|MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000003000",
    ],
  ),
  one(
    "42 unknown bits of a protection",
    "I",
    log(anon("0x7f0000003000").replace("PROT_READ", "PROT_READ|0x10000000")),
    undefined,
    [
      "3 10 mmap(0x0, 4096, 0x10000000|PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000003000",
    ],
  ),
  one(
    "43 a flag of another architecture",
    "W",
    log(anon("0x7f0000003000", "4096", "NULL", "MAP_PRIVATE|MAP_RENAME")),
    "parse/unknown-flag",
  ),
  one(
    "44 mmap2 offsets in pages",
    "W",
    log("10 mmap2(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0x7) = 0x7f0000003000"),
    "parse/page-offsets",
    ["3 10 mmap2: mmap(0x0, 4096, PROT_READ, MAP_PRIVATE, 3, 0x7000) = 0x3000"],
  ),
  one(
    "45 a sign-extended result of 32 bits",
    "I",
    text(
      '10 execve("/bin/a", ["a"], 0x7ffe /* 9 vars */) = 0',
      "10 mmap2(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0xfffffffff7fc6000",
      "10 munmap(0xf7fc6000, 4096) = 0",
    ),
  ),
  one(
    "46 an error in another language",
    "I",
    log(anon("-1 ENOMEM (Nicht genügend Speicher)")),
    undefined,
    ["3 10 mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = ENOMEM"],
  ),
  one("47 an unknown error", "I", log(anon("-1 (errno 524)")), undefined, [
    "3 10 mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = ENOTSUPP",
  ]),
  one("47 a symbol that nobody knows", "I", log(anon("-1 ENEWERROR (What is this)")), undefined, [
    "3 10 mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = ENEWERROR",
  ]),
  one("48 an injected result", "W", log(`${anon("0x7f0000003000")} (INJECTED)`), "parse/injected", [
    "3 10 mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000003000 INJECTED",
  ]),
  one(
    "49 an unknown call",
    "W",
    log("10 syscall_499(0x1, 0x2, 0x3, 0x4, 0x5, 0x6) = 0x0"),
    "parse/unnamed-call",
  ),
  one(
    "49 memory calls that strace has only numbers for",
    "I",
    log(
      "10 syscall_9(0, 0x2000, 0x3, 0x22, 0xffffffff, 0) = 0x7f0000003000",
      "10 syscall_329(0x7f0000003000, 0x1000, 0x1, 0xffffffffffffffff, 0, 0) = 0",
      "10 syscall_11(0x7f0000003000, 0x2000, 0x3, 0x22, 0xffffffff, 0) = 0",
    ),
    undefined,
    [
      "3 10 syscall_9: mmap(0x0, 8192, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000003000",
      "4 10 syscall_329: mprotect(0x7f0000003000, 4096, PROT_READ, -1) = 0x0",
      "5 10 syscall_11: munmap(0x7f0000003000, 8192) = 0x0",
    ],
  ),
  one("50 no maps for a new image", "W", text(...before, after), "resolve/no-snapshot"),
  several(
    "51 areas that overlap",
    "E",
    { "a.strace": log(), "a.maps": maps(area("1000-3000"), area("2000-4000")) },
    "parse/bad-maps",
  ),
  several(
    "51 an area that ends before it starts",
    "E",
    { "a.strace": log(), "a.maps": maps(area("3000-1000")) },
    "parse/bad-maps",
  ),
  several(
    "52 areas out of order",
    "W",
    {
      "a.strace": log(),
      "a.maps": maps(area("7f0000005000-7f0000006000"), area("7f0000001000-7f0000002000")),
    },
    "parse/maps-order",
  ),
  several(
    "53 a web page instead of maps",
    "E",
    {
      "a.strace": log(),
      "a.maps": "<html><body>maps</body></html>\n",
    },
    "parse/html",
  ),
  one("53 a web page", "E", "<!DOCTYPE html><html></html>\n", "parse/html"),
  several(
    "54 maps of another process",
    "E",
    {
      "a.strace": text(...repeat("10 mprotect(0x7f0000001000, 4096, PROT_READ) = 0", 5), map),
      "a.maps": maps(area("5555000-5556000")),
    },
    "import/foreign-maps",
  ),
  several(
    "55 maps of a 32-bit process",
    "E",
    {
      "a.strace": text(map),
      "a.maps": maps(
        area("08048000-08049000"),
        "fffdd000-ffffe000 rw-p 00000000 00:00 0          [stack]",
      ),
    },
    "import/maps-bitness",
  ),
  several("56 one file twice", "E", { "a.strace": log(), "b.strace": log() }, "import/given-twice"),
  several(
    "57 a set without one of its files",
    "W",
    {
      "out.10": text(
        "1795351507.500000 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000",
        "1795351507.600000 clone(child_stack=NULL, flags=CLONE_VM|CLONE_THREAD) = 11",
        "1795351507.700000 clone(child_stack=NULL, flags=CLONE_VM|CLONE_THREAD) = 12",
      ),
      "out.11": text("1795351507.800000 munmap(0x7f0000001000, 4096) = 0"),
    },
    "parse/missing-member",
  ),
  several(
    "58 a set without times",
    "E",
    { "out.10": text(map.slice(3)), "out.11": text(after.slice(3)) },
    "parse/set-without-times",
  ),
  one("60 terminal escapes", "I", log().replaceAll("mmap(", "\x1b[1mmmap\x1b[0m(")),
  one(
    "61 a path with all that can stand in one",
    "I",
    log("10 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3</a\\76b, c) = 0\\n>, 0) = 0x7f0000003000"),
  ),
  one(
    "62 program output before a call",
    "W",
    log("10 hellomunmap(0x7f0000009000, 4096) = 0"),
    "parse/glued-line",
    [],
  ),
  one("62 program output before a line", "I", log('10 write(1, "x\\n", 2x', ") = 2")),
];
