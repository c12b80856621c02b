import { describe, expect, it } from "vitest";
import { ftrace } from "../../src/formats/ftrace.ts";
import { perfScript } from "../../src/formats/perf-script.ts";
import { perfTrace } from "../../src/formats/perf-trace.ts";
import { strace } from "../../src/formats/strace.ts";
import type { Format } from "../../src/formats/types.ts";
import { type EventObject, eventJson } from "../../src/trace/event-json.ts";
import { readWith, sample } from "../support/samples.ts";

/** What other runs and other recorders print otherwise, or not at all. */
const own = new Set(["line", "entry_line", "pid"]);
const addresses = new Set(["addr", "new_addr", "result"]);
/** Descriptors of files, shared memory: whatever number was free. */
const ids = new Set(["fd", "shmid"]);

function comparable(object: EventObject): EventObject {
  const fields = Object.entries(object).flatMap(([name, value]) => {
    if (own.has(name)) return [];
    const number = Number(value);
    if (addresses.has(name) && value !== null && number > 0x1_0000) return [[name, "address"]];
    if (ids.has(name) && number >= 0 && number !== 99) return [[name, "open"]];
    return [[name, value]];
  });
  return Object.fromEntries(fields);
}

/** The calls and lives of a recording, without what the run decided. */
async function told(format: Format, name: string): Promise<readonly EventObject[]> {
  const { events } = await readWith(format, sample(name));
  return events
    .flatMap(eventJson)
    .filter(({ call, lifecycle }) => (call ?? lifecycle) && call !== "vm_unmapped_area")
    .map(comparable);
}

/** What only some recordings of the program have: prctl is traced by strace alone, and exec began before them. */
const common = ({ call, lifecycle }: EventObject): boolean =>
  call !== "set_vma_name" && lifecycle !== "exec";

/** perf trace has no names for these. */
function lossy(object: EventObject): EventObject {
  const without = (value: unknown): unknown =>
    Array.isArray(value) ? value.filter((flag) => !/^(?:0x|\d+<<)/.test(flag)) : value;
  const { prot, flags } = object;
  return {
    ...object,
    ...(prot !== undefined && { prot: without(prot) as string[] }),
    ...(flags !== undefined && { flags: without(flags) as string[] }),
  };
}

const traced = /^(?:mmap|munmap|mprotect|mremap|brk|shmat|shmdt)$/;
const isTraced = ({ call }: EventObject): boolean => traced.test(String(call));

describe("one program under several recorders", () => {
  it("makes the same calls under strace and under perf script", async () => {
    const wanted = await told(strace, "strace-7.2-plain.txt");
    const named = await told(perfScript, "perf-7.2-script-zoo.txt");
    expect(named.filter(isTraced)).toEqual(wanted.filter(isTraced));
    const raw = await told(perfScript, "perf-7.2-script-raw_syscalls.txt");
    expect(raw.filter(common)).toEqual(wanted.filter(common));
  });

  it("makes the same calls under perf trace, but for bits without a name", async () => {
    const wanted = (await told(strace, "strace-7.2-plain.txt")).filter(common);
    const lost = await told(perfTrace, "perf-6.1-trace-zoo.txt");
    expect(lost.filter(common)).toEqual(
      // perf 6.1 has no name for mseal.
      wanted.filter(({ call }) => call !== "mseal").map(lossy),
    );
  });

  it("makes the same calls as a 32-bit program", async () => {
    // glibc attaches segments by ipc(), whose address only the search tells.
    const wanted = (await told(strace, "strace-7.2-i386.txt")).filter(common);
    const raw = await told(perfScript, "perf-7.2-script-i386.txt");
    // Of old_mmap perf prints where its arguments lie: such calls are warnings.
    const readable = wanted.filter(({ call, length }) => call !== "mmap" || length !== null);
    expect(wanted.length - readable.length).toBe(2);
    expect(raw.filter(common)).toEqual(readable);
  });

  it("lives the same lives under strace, perf script and ftrace", async () => {
    const lives = (list: readonly EventObject[]): readonly unknown[] =>
      list.flatMap(({ lifecycle }) => lifecycle ?? []);
    // Under strace its vfork child found the program to exec, and tracepoints do not tell who was killed.
    const wanted = ["exec", "thread", "exit", "fork", "exit", "vfork", "exit", "shared-mm", "exit"];
    const ends = ["fork", "exit", "fork", "exit", "exit"];
    const script = await told(perfScript, "perf-7.2-script-life-ns-tasks.txt");
    expect(lives(script)).toEqual([...wanted, ...ends]);
    expect(lives(await told(ftrace, "ftrace-life.txt"))).toEqual([...wanted, ...ends]);
    const logged = lives(await told(strace, "strace-7.2-Y-comm-brackets.txt"));
    expect(logged).toEqual([
      ...wanted.slice(0, 6),
      "exec",
      ...wanted.slice(6),
      ...["fork", "killed", "fork", "killed", "exit"],
    ]);
  });
});
