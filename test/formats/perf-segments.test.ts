import { describe, expect, it } from "vitest";
import { perfTrace } from "../../src/formats/perf-trace.ts";
import { eventText } from "../support/events-text.ts";
import { read, text } from "../support/perf-text.ts";
import { readWith } from "../support/samples.ts";

const asks = (key: string, size: string, flags: string): string =>
  `syscalls:sys_enter_shmget: key: ${key}, size: ${size}, shmflg: ${flags}`;
const returns = (id: string): string => `syscalls:sys_exit_shmget: ${id}`;
const attaches = [
  "syscalls:sys_enter_shmat: shmid: 0x00000009, shmaddr: 0x00000000, shmflg: 0x00000000",
  "syscalls:sys_exit_shmat: 0x7f000",
];

/** The text of the shmat, which is all that these texts show. */
async function attached(...lines: readonly string[]): Promise<string> {
  const { events } = await read(text(...lines, ...attaches));
  return events
    .map(eventText)
    .join("\n")
    .replace(/^.* = /s, "");
}

describe("a segment of System V", () => {
  it("has the size, the key and the page size that shmget was asked for", async () => {
    expect(await attached(asks("0x0000beef", "0x00003000", "0x00000380"), returns("0x9"))).toBe(
      '0x7f000 <shmem "/SYSV0000beef" 12288>',
    );
    expect(await attached(asks("0x00000000", "0x00400000", "0x54000b80"), returns("0x9"))).toBe(
      '0x7f000 <hugetlb "/SYSV00000000" 4194304>',
    );
  });

  it("keeps its size where a later shmget only asks for its id", async () => {
    const made = [asks("0x0000beef", "0x00003000", "0x00000380"), returns("0x9")];
    const found = [asks("0x0000beef", "0x00000000", "0x00000000"), returns("0x9")];
    const end = '0x7f000 <shmem "/SYSV0000beef" 12288>';
    expect(await attached(...made, ...found)).toBe(end);
    expect(await attached(...found)).toBe("0x7f000");
  });

  it("is not known by a shmget that failed, or whose end is lost", async () => {
    const asked = asks("0x0000beef", "0x00003000", "0x00000380");
    expect(await attached(asked, returns("0xffffffffffffffea"))).toBe("0x7f000");
    expect(await attached(asked, "PERF_RECORD_LOST lost 3", returns("0x9"))).toBe("0x7f000");
  });

  it("is known from raw_syscalls and perf trace too", async () => {
    const raw = (line: string): string => `raw_syscalls:sys_${line}`;
    const end = '0x7f000 <shmem "/SYSV00000000" 12288>';
    const wide = await read(
      text(
        raw("enter: NR 29 (0, 3000, 380, 0, 0, 0)"),
        raw("exit: NR 29 = 9"),
        raw("enter: NR 30 (9, 0, 0, 0, 0, 0)"),
        raw("exit: NR 30 = 520192"),
      ),
    );
    expect(wide.events.map(eventText)).toEqual([`3.4 7 shmat(9, 0x0, 0) = ${end}`]);
    const columns = "     1.000 ( 0.001 ms): zoo/7";
    const traced = await readWith(
      perfTrace,
      `${columns} shmget(size: 12288, shmflg: 896) = 9\n${columns} shmat(shmid: 9) = 520192\n`,
    );
    expect(traced.events.map(eventText)).toEqual([`2 7 shmat(9, 0x0, 0) = ${end}`]);
  });
});
