import { describe, expect, it } from "vitest";
import { ftrace } from "../../src/formats/ftrace.ts";
import { perfScript } from "../../src/formats/perf-script.ts";
import { perfTrace } from "../../src/formats/perf-trace.ts";
import { strace } from "../../src/formats/strace.ts";
import type { Format } from "../../src/formats/types.ts";
import { eventText } from "../support/events-text.ts";
import { text } from "../support/perf-text.ts";
import { readWith } from "../support/samples.ts";

const told = async (format: Format, lines: string): Promise<readonly string[]> =>
  (await readWith(format, lines)).events.map(eventText);

const naming =
  "syscalls:sys_enter_prctl: option: 0x53564d41, arg2: 0x00000000, arg3: 0x7f000000, arg4: 0x00001000, arg5: 0x00474012";
const renaming =
  "syscalls:sys_enter_prctl: option: 0x0000000f, arg2: 0x7ffc0000, arg3: 0, arg4: 0, arg5: 0";
const brk = ["syscalls:sys_enter_brk: brk: 0x00000000", "syscalls:sys_exit_brk: 0x9000"];

describe("prctl that names a range", () => {
  it("is read from perf script, done or failed, though not what the name is", async () => {
    const lines = text(
      ...brk,
      naming,
      "syscalls:sys_exit_prctl: 0x0",
      naming,
      "syscalls:sys_exit_prctl: 0xffffffffffffffea",
    );
    expect(await told(perfScript, lines)).toEqual([
      "1.2 7 brk(0x0) = 0x9000",
      '3.4 7 prctl: set_vma_name(0x7f000000, 4096, "[0x474012]") = 0x0',
      '5.6 7 prctl: set_vma_name(0x7f000000, 4096, "[0x474012]") = EINVAL',
    ]);
  });

  it("has a number of its own on each architecture", async () => {
    for (const [arch, number, brkNumber] of [
      ["x86_64", 157, 12],
      ["aarch64", 167, 214],
      ["riscv64", 167, 214],
    ]) {
      const lines = text(
        `raw_syscalls:sys_enter: NR ${brkNumber} (0, 0, 0, 0, 0, 0)`,
        `raw_syscalls:sys_exit: NR ${brkNumber} = 36864`,
        `raw_syscalls:sys_enter: NR ${number} (53564d41, 0, 7f000000, 1000, 474012, 0)`,
        `raw_syscalls:sys_exit: NR ${number} = 0`,
      );
      const [, named] = await told(perfScript, `# arch : ${arch}\n${lines}`);
      expect(named, `${arch}`).toBe(
        '4.5 7 prctl: set_vma_name(0x7f000000, 4096, "[0x474012]") = 0x0',
      );
    }
  });

  it("is read from perf trace, ftrace and strace with a pointer alike", async () => {
    const columns = "     1.000 ( 0.001 ms): zoo/7";
    const [, traced] = await told(
      perfTrace,
      `${columns} brk() = 0x9000\n     2${columns.slice(6)} prctl(option: 1398164801, arg3: 2130706432, arg4: 4096, arg5: 4669458) = 0\n`,
    );
    const row = "             zoo-7       [000] .....     1.00";
    const [, ...listed] = await told(
      ftrace,
      `${row}0000: sys_brk(brk: 0)\n${row}0001: sys_brk -> 0x9000\n` +
        `${row}0002: sys_prctl(option: 53564d41, arg2: 0, arg3: 7f000000, arg4: 1000, arg5: 474012)\n${row}0003: sys_prctl -> 0x0\n`,
    );
    const printed = await told(
      strace,
      "7 brk(NULL) = 0x9000\n7 prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, 0x7f000000, 4096, 0x474012) = 0\n",
    );
    const expected = '7 prctl: set_vma_name(0x7f000000, 4096, "[0x474012]") = 0x0';
    expect(traced).toBe(`2 ${expected}`);
    expect(listed).toEqual([`3.4 ${expected}`]);
    expect(printed.at(-1)).toBe(`2 ${expected}`);
  });
});

describe("prctl that takes a name away", () => {
  it("is told apart from one whose name nobody has read", async () => {
    const lines = text(
      ...brk,
      naming.replace("0x00474012", "0x00000000"),
      "syscalls:sys_exit_prctl: 0x0",
    );
    const expected = "prctl: set_vma_name(0x7f000000, 4096, null) = 0x0";
    expect(await told(perfScript, lines)).toContain(`3.4 7 ${expected}`);
    for (const name of ["NULL", "0"]) {
      const line = `7 prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, 0x7f000000, 4096, ${name}) = 0\n`;
      expect(await told(strace, `7 brk(NULL) = 0x9000\n${line}`)).toContain(`2 7 ${expected}`);
    }
  });
});

describe("prctl that does something else", () => {
  it("is passed over, its exit too, and an exit alone", async () => {
    const exit = "syscalls:sys_exit_prctl: 0x0";
    const { events, diagnostics } = await readWith(
      perfScript,
      text(
        exit,
        renaming,
        exit,
        ...brk,
        naming.replace("arg2: 0x00000000", "arg2: 0x00000001"),
        exit,
      ),
    );
    expect(events.map(eventText)).toEqual(["4.5 7 brk(0x0) = 0x9000"]);
    expect([...diagnostics.warnings.keys()]).toEqual([]);
    const columns = "     1.000 ( 0.001 ms): zoo/7";
    const lines = `${columns} brk() = 0x9000\n${columns} prctl(option: SET_NAME, arg2: 0x7ffc0000) = 0\n`;
    expect(await told(perfTrace, lines)).toEqual(["1 7 brk(0x0) = 0x9000"]);
  });

  it("tells that the exit of the one before is missing", async () => {
    const lines = text(...brk, naming, renaming, "syscalls:sys_exit_prctl: 0x0");
    expect(await told(perfScript, lines)).toEqual([
      "1.2 7 brk(0x0) = 0x9000",
      "3 7 ! parse/no-exit",
      '3 7 prctl: set_vma_name(0x7f000000, 4096, "[0x474012]") = no exit seen',
    ]);
  });
});
