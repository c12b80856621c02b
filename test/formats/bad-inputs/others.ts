/** Bad inputs 35 to 41: texts of other recorders and programs, mixed in or alone. */

import {
  after,
  before,
  type Case,
  map,
  one,
  perfEnter,
  perfExit,
  perfLine,
  perfPair,
  repeat,
  text,
} from "./case.ts";

export const otherCases: readonly Case[] = [
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
    "37 ftrace without the option context-info",
    "E",
    text("# tracer: nop", "#", "sys_brk -> 0x559d8d7bb000", "sys_brk(brk: 0)"),
    "parse/ftrace-options",
  ),
  one(
    "37 ftrace with the option raw",
    "E",
    text("# tracer: nop", "#", "25215 0 60534679670162 type: 862"),
    "parse/ftrace-options",
  ),
  one(
    "37 counts of bpftrace",
    "E",
    text("", "", "@[sleep]: 21", "@[biome::workspac]: 2"),
    "parse/bpftrace",
  ),
  one(
    "37 perf report",
    "E",
    text("# Samples: 6  of event 'syscalls:sys_enter_mmap'", "# Overhead  Command", "100.00%  a"),
    "parse/perf-report",
  ),
  one(
    "37 perf report -D",
    "E",
    text(
      "",
      "0x1328@perf.data [0x790]: event: 69",
      ".",
      ". ... raw event: size 1936 bytes",
      ".  0000:  45 00 00 00 00 00 90 07 3c 00 00 00 00 00 00 00  E.......<.......",
    ),
    "parse/perf-dump",
  ),
  one(
    "37 perf script without tid",
    "E",
    text("env 58830.564883:           syscalls:sys_exit_execve: 0x0"),
    "parse/perf-columns",
  ),
  one(
    "37 perf script without event",
    "E",
    text(
      "env 24268 [000] 58830.564832: addr=0x7f12f38a3000 err=0 total_vm=0x2e flags=0x1",
      "env 24268 [000] 58830.564883: 0x0",
    ),
    "parse/perf-columns",
  ),
  one(
    "37 perf script of samples",
    "E",
    text("zoo 13992 59085.188213:          1 page-faults:  ffffffff817554ea elf_load+0x28a"),
    "parse/perf-samples",
  ),
  one(
    "37 perf script --header-only",
    "E",
    text("# ========", "# captured on    : Fri Nov 27 14:15:01 2026", "# header version : 1", "#"),
    "parse/perf-header",
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
    "38 numa_maps",
    "E",
    text(
      "558b22d63000 default file=/bin/a dirty=1 N0=1 kernelpagesize_kB=4",
      "7f2222090000 default",
    ),
    "parse/numa-maps",
  ),
  one(
    "38 gdb's info proc mappings",
    "E",
    text(
      "          Start Addr           End Addr       Size     Offset  Perms  objfile",
      "            0x400000           0x401000     0x1000        0x0  r--p   /bin/a",
    ),
    "parse/debugger-map",
  ),
  one(
    "38 the map of a sanitizer",
    "E",
    text("==347420==Process memory map follows:", "\t0x00007fff7000-0x00008fff7000\t"),
    "parse/sanitizer",
  ),
  one(
    "38 a tombstone",
    "E",
    text(
      "memory map (2 entries):",
      "    00000000'12c00000-00000000'2abfffff rw-         0  18000000  [anon:dalvik-main space]",
    ),
    "parse/tombstone",
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
];
