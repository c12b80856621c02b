/** Which command lines the recorders get. */

import { describe, expect, it } from "vitest";
import { perf } from "../../src/record/perf.ts";
import { strace } from "../../src/record/strace.ts";

const program = { kind: "start", command: ["prog", "-x", "a b"] } as const;
const process = { kind: "attach", pid: 77 } as const;

describe("strace", () => {
  it("traces only what mappings depend on, in the kernel, from 5.6 on", () => {
    const command = strace("5.10").command(program, "raw");
    expect(command).toContain("--seccomp-bpf");
    expect(command).toContain("--absolute-timestamps=format:unix,precision:ns");
    expect(command.join(" ")).toMatch(/-e trace=%memory,%process,.*shmget/);
    expect(command.slice(-6)).toEqual(["-o", "raw", "--", "prog", "-x", "a b"]);
  });

  it.each(["4.5.20", "4.26", "5.5"])("gets no option that %s does not know", (version) => {
    expect(strace(version).command(program, "raw").slice(1, -6)).toEqual(
      "-q -f -ttt -T -y -e trace=memory,process,desc,ipc".split(" "),
    );
  });

  it("attaches without the filter that only a new program can get", () => {
    const command = strace("6.13").command(process, "raw");
    expect(command).not.toContain("--seccomp-bpf");
    expect(command.slice(-2)).toEqual(["-p", "77"]);
  });

  it("writes text itself", () => {
    expect(strace("6.13").text("raw")).toBeUndefined();
  });
});

describe("perf", () => {
  it("records calls, searches and lives, with a clock that maps can be compared with", () => {
    const command = perf("6.1.0").command(program, "raw").join(" ");
    expect(command).toMatch(/^perf record -q -d -k CLOCK_MONOTONIC /);
    expect(command).toContain("syscalls:sys_*_shmget,syscalls:sys_*_prctl,");
    for (const call of ["pkey_mprotect", "remap_file_pages", "mlock2", "munlockall"])
      expect(command).toContain(`syscalls:sys_*_${call},`);
    expect(command).toMatch(/syscalls:sys_\*_mmap,.*mmap:vm_unmapped_area,.*sched_process_exec/);
    expect(command).toMatch(/ -o raw -- prog -x a b$/);
  });

  it("records the calls of 32-bit programs by their numbers", () => {
    const command = perf("6.1.0").command({ ...program, compat: true }, "raw");
    const enter = command.indexOf("raw_syscalls:sys_enter");
    expect(command.slice(enter + 1, enter + 3)).toEqual([
      "--filter",
      expect.stringMatching("id==192"),
    ]);
    expect(command.join(" ")).toMatch(/ -e raw_syscalls:sys_exit --filter \S+ -o raw /);
    expect(perf("6.1.0").command(program, "raw").join(" ")).not.toContain("raw_syscalls");
  });

  it("records page faults where they are asked for", () => {
    const events = (faults: boolean) => {
      const command = perf("6.1.0").command({ ...program, faults }, "raw");
      return command[command.indexOf("-e") + 1];
    };
    expect(perf("6.1.0").command(program, "raw").join(" ")).not.toContain("page_fault");
    expect(events(true)).toBe(`${events(false)},exceptions:page_fault_user`);
  });

  it("waits for a word before it records a process that is held still", () => {
    const command = perf("6.1.0").command(process, "raw").join(" ");
    expect(command).toMatch(/ -D -1 --control=fd:3,4 -p 77$/);
  });
});
