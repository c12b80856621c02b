/** Bad inputs 20 to 34, 42 to 50 and 59 on: what calls cannot do, and what strace prints oddly. */

import {
  after,
  anon,
  before,
  type Case,
  log,
  map,
  one,
  repeat,
  text,
  times,
  unfinished,
} from "./case.ts";

export const callCases: readonly Case[] = [
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
