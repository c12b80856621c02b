/** Does `explain TRACE --event LINE` say why a call landed where it did, and where policies part? */

import { describe, expect, it } from "vitest";
import { mmreplay } from "../support/cli.ts";

const explained = (...args: string[]) => mmreplay(["explain", ...args]);
const bar = "traces/vfio-bar-2g-7.3.mmtrace";
const qemu = "traces/qemu-10.0-vfio-7.3.mmtrace";

describe("a call of a recording", () => {
  it("is explained under each policy: searches, gap, neighbours, entries, and where they part", () => {
    const { stdout, code } = explained(bar, "--event", "30", "--policy", "linux-7.3,vfio-thp");
    expect(code).toBe(0);
    expect(stdout).toBe(`\
vfio-bar-2g-7.3, line 30, task 433: mmap(addr: 0x0, length: 2147483648, prot: PROT_READ|PROT_WRITE, flags: MAP_SHARED, fd: 5, offset: 0x20000000000) = 0x7fff77ff7000

linux-7.3: 0x7fff77ff7000, as recorded
  asks for vfio 2G at 2T bar 2G pa 0xc080000000
  down addr=0x7fff77ff7000 total_vm=0x11c flags=0x1 len=0x80000000 lo=0x1000 hi=0x7ffff7fff000 mask=0x0 ofs=0x20000000000
  in the gap from 0x4f3000 to 0x7ffff7ff7000 (0x7ffff7b04000), the highest with room for 2G
    above it 7ffff7ff7000-7ffff7ffb000 r--p 00000000 [vvar]
    below it 004d1000-004f3000 rw-p 00000000 [heap]
  entries if populated: 524288 4K

vfio-thp: 0x7fff77e00000
  asks for vfio 2G at 2T bar 2G pa 0xc080000000
  down addr=0x7fff77df7000 total_vm=0x11c flags=0x1 len=0x80200000 lo=0x1000 hi=0x7ffff7fff000 mask=0x0 ofs=0x20000000000, then above to 0x20000000000 mod 0x200000
  in the gap from 0x4f3000 to 0x7ffff7ff7000 (0x7ffff7b04000), the highest with room for 2050M
    above it 7ffff7ff7000-7ffff7ffb000 r--p 00000000 [vvar]
    below it 004d1000-004f3000 rw-p 00000000 [heap]
  entries if populated: 1024 2M

vfio-thp parts from linux-7.3 first here (0x7fff77ff7000 against 0x7fff77e00000), at 6 of 16 mappings
`);
  });

  it("is found by the line on which it begins, and by the one on which it ends", () => {
    const text = `\
7 execve("/bin/a", ["a"], 0x7ffe /* 9 vars */) = 0
7 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>
7 <... mmap resumed>) = 0x7f0000009000
`;
    for (const line of ["2", "3"]) {
      const { stdout } = mmreplay(["explain", "-", "--event", line], text);
      expect(stdout).toMatch(/^stdin, line 3, task 7: mmap\(/);
    }
  });

  it("that is part of a trick is explained as the trick done anew, and left out", () => {
    const redone = explained(qemu, "--event", "618", "--policy", "linux-7.3").stdout;
    expect(redone).toContain("linux-7.3: 0x7f3480000000\n  asks for anon 3G\n");
    expect(redone).toContain("rounded up to its alignment: no search");
    const left = explained(qemu, "--event", "618", "--policy", "linux-7.3", "--idioms", "drop");
    expect(left.stdout).toContain("asks for vfio 2G at 2T bar 2G pa 0x");
    const gone = explained(qemu, "--event", "621", "--policy", "linux-7.3", "--idioms", "drop");
    expect(gone.stdout).toContain("part of a trick done otherwise");
  });

  it("that moves, or grows the heap, is explained from where it was", () => {
    const moved = explained(
      "traces/postgres-ext4.mmtrace",
      "--event",
      "3159",
      "--policy",
      "linux-7.3",
    );
    expect(moved.stdout).toContain(
      "asks for anon 388K mremap\n  grows in place where there is room",
    );
    expect(moved.stdout).toContain("except what is kept");
    const heap = explained(bar, "--event", "12", "--policy", "linux-7.3");
    expect(heap.stdout).toContain("grows the heap at ");
    expect(heap.stdout).toContain("linux-7.3: 0x4d2000");
  });

  it("has searches of another architecture where asked", () => {
    const { stdout } = explained(
      bar,
      "--event",
      "30",
      "--policy",
      "linux-7.3",
      "--arch",
      "arm64-16k",
    );
    expect(stdout).toContain("entries if populated: 131072 16K");
  });

  it.each([
    [
      [bar, "--event", "31"],
      2,
      "line 31 holds no call of the recording\nhint: the nearest calls are on lines",
    ],
    [["vfio-thp", "vfio"], 2, '"vfio" ends too early'],
    [["vfio-thp", "vfio 2G", "--policy", "linux-7.3"], 2, "--policy is for a call of a recording"],
    [[bar, "--event", "soon"], 2, "--event is a line of the recording, 1 or more"],
    [[bar, "vfio 2G", "--event", "30"], 2, '--event and the request "vfio 2G" exclude each other'],
    [["no-such.mmtrace", "--event", "30"], 1, "no such file or folder"],
  ])("refuses %j", (args, code, message) => {
    const refused = explained(...args);
    expect(refused.stderr).toContain(message);
    expect(refused.code).toBe(code);
  });
});
