import { createReadStream, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Diagnostics, MmreplayError } from "../../src/errors.ts";
import { perfScript } from "../../src/formats/perf-script.ts";
import { allBytes } from "../../src/formats/text/chunks.ts";
import { decompress } from "../../src/formats/text/decompress.ts";
import type { Event } from "../../src/trace/event.ts";
import { shared } from "../support/shared.ts";

/** The first 64 KiB are read as one chunk whatever they come in. */
const comment = Buffer.from(`# ${"x".repeat(65_536)}\n`);

async function* atOnce(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield Buffer.concat([comment, bytes]);
}

/** Each chunk ends within a line, so that no line is read from the chunk that it came in. */
async function* cutInLines(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield comment;
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(10, start + 1);
    yield bytes.subarray(start, end < 0 ? bytes.length : end);
    start = end < 0 ? bytes.length : end;
  }
}

async function reading(chunks: AsyncIterable<Uint8Array>): Promise<unknown> {
  const events: Event[] = [];
  const diagnostics = new Diagnostics();
  const told = await perfScript
    .read({ name: "text", chunks }, (event) => events.push(event), diagnostics)
    .catch((error: unknown) => {
      if (error instanceof MmreplayError) return [error.code, error.message, error.at];
      throw error;
    });
  return { events, warnings: [...diagnostics.warnings.values()], told };
}

async function expectSame(text: Uint8Array): Promise<void> {
  const bytes = Buffer.from(text);
  const whole = await reading(atOnce(bytes));
  const cut = await reading(cutInLines(bytes));
  // Much faster than the matcher, which explains the difference.
  if (!isDeepStrictEqual(whole, cut)) expect(whole).toEqual(cut);
}

const samples = join(import.meta.dirname, "samples");
const own = readdirSync(samples).filter((name) => /^perf-.*-script-/.test(name));
const text = (path: string): Promise<Uint8Array> =>
  allBytes(decompress(createReadStream(path), path));

const recordings = shared === undefined ? [] : readdirSync(join(shared, "recordings"));
const large = recordings
  .flatMap((name) => ["perf-script.txt.xz", "perf.txt.xz"].map((file) => [name, file]))
  .map(([name = "", file = ""]) => join(shared ?? "", "recordings", name, file))
  .filter((path) => existsSync(path));
const others = shared === undefined ? [] : readdirSync(join(shared, "formats"));
const missing = shared === undefined ? " (no recordings beside the checkout)" : "";

const number = fc.oneof(
  fc.constantFrom("0x0", "0x00001000", "0x", "4096", "0xffffffff", "0xfffffffffffffff4", "0x1001"),
  fc.nat({ max: 2 ** 20 }).map((page) => `0x7f${(page * 4096).toString(16).padStart(10, "0")}`),
);
const fields = fc.constantFrom(
  ["mmap", "addr", "len", "prot", "flags", "fd", "off"],
  ["munmap", "addr", "len"],
  ["mprotect", "start", "len", "prot"],
  ["madvise", "start", "len_in", "behavior"],
  ["brk", "brk"],
  ["mremap", "addr", "old_len", "new_len", "flags", "new_addr"],
  ["mmap", "addr", "len", "prot"],
  ["clone", "clone_flags", "newsp"],
  ["openat", "dfd", "filename"],
);
const enter = fields.chain(([name = "", ...names]) =>
  fc.array(number, { minLength: names.length, maxLength: names.length }).map((values) => {
    const args = names.map((field, index) => `${field}: ${values[index]}`);
    return `syscalls:sys_enter_${name}: ${args.join(", ")}`;
  }),
);
const exit = fc
  .tuple(fields, number)
  .map(([[name], value]) => `syscalls:sys_exit_${name}: ${value}`);
const search = fc
  .tuple(number, fc.constantFrom("0", "-12"), number, number, number)
  .map(
    ([addr, err, flags, length, high]) =>
      `mmap:vm_unmapped_area: addr=${addr} err=${err} total_vm=0x69 flags=${flags} len=${length} lo=0x1000 hi=${high} mask=0x0 ofs=0x0`,
  );
const life = fc.constantFrom(
  "task:task_newtask: pid=12 comm=a clone_flags=3d0f00 oom_score_adj=0",
  "task:task_newtask: pid=13 comm=a clone_flags=1200000 oom_score_adj=0",
  "sched:sched_process_exit: comm=a pid=12 prio=120",
  "sched:sched_process_exec: filename=/bin/true pid=11 old_pid=11",
  "PERF_RECORD_COMM exec: a:11/11",
  "PERF_RECORD_LOST lost 3",
);
const told = fc.oneof(
  { weight: 4, arbitrary: enter },
  { weight: 4, arbitrary: exit },
  { weight: 2, arbitrary: search },
  { weight: 1, arbitrary: life },
);
const columns = fc.tuple(
  fc.constantFrom("a", "kworker/0:1", "two words", "123", "-x", "worker-1"),
  fc.constantFrom("11/11", "11/12", "13", "13/13", "0/0"),
  fc.constantFrom("[000]", "[1]", ""),
  fc.nat({ max: 99 }),
);
/** Some times have more digits than a double. */
const seconds = fc.constantFrom("100", "100", "101", "1", "987654321", "123456789012345678");
const nanos = fc.constantFrom("", "", "123", "4567");
/** Blanks before the event. */
const pad = fc.constantFrom("   ", "   ", " ", "        ");
const line = fc
  .tuple(columns, seconds, nanos, pad, told)
  .map(
    ([[comm, task, cpu, time], second, more, blanks, what]) =>
      `${comm.padStart(16)} ${task.padStart(7)} ${cpu}  ${second}.0000${String(time).padStart(2, "0")}${more}:${blanks}${what}`,
  );
const plain = fc
  .tuple(
    fc.constantFrom(
      "               a",
      "        worker-1",
      "        worker-2",
      "        wörker-😀",
    ),
    fc.constantFrom("11/11", "11/12", "14/14"),
    fc.constantFrom("   99.0000", "  100.0000", "10000.0000", "987654321.1234567"),
    fc.nat({ max: 99 }),
    told,
  )
  .map(
    ([comm, task, seconds, time, what]) =>
      `${comm}   ${task}   [000] ${seconds}${String(time).padStart(2, "0")}:   ${what}`,
  );

describe("plain lines of perf script", () => {
  it.each(own)("%s gives the same however it is cut into chunks", async (name) => {
    await expectSame(await text(join(samples, name)));
  });

  it(`all samples and recordings give the same however they are cut${missing}`, async () => {
    for (const path of large) await expectSame(await text(path));
    for (const name of others) {
      if (!/^perf-.*-script-.*\.txt$/.test(name)) continue;
      await expectSame(await text(join(shared ?? "", "formats", name)));
    }
  }, 120_000);

  it("any lines give the same however they are cut", async () => {
    const lines = fc.array(
      fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: line }),
      {
        maxLength: 40,
      },
    );
    await fc.assert(
      fc.asyncProperty(lines, fc.constantFrom("\n", "\r\n"), (all, end) =>
        expectSame(Buffer.from([...all, ""].join(end))),
      ),
      { numRuns: 600 },
    );
  });

  it.each([
    ["no process has", "4294967295"],
    ["no double holds", "9007199254740993"],
  ])("a process id that %s makes a line none of the recorder's", async (_, pid) => {
    const at = (task: string, what: string): string =>
      `               a   ${task}   [000]   100.000001:   syscalls:sys_${what}\n`;
    const request = "addr: 0x0, len: 0x1000, prot: 0x1, flags: 0x22, fd: 0xffffffff, off: 0x0";
    const lines = [
      at("11/11", `enter_mmap: ${request}`),
      at("11/11", "exit_mmap: 0x7f0000001000"),
      at(`${pid}/11`, `enter_mmap: ${request}`),
      at("11/11", "exit_mmap: 0x7f0000002000"),
    ];
    await expectSame(Buffer.from(lines.join("")));
  });

  it("damaged recordings give the same however they are cut", async () => {
    const sources = await Promise.all(own.map((name) => text(join(samples, name))));
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...sources), damage, (source, changes) => {
        const damaged = Buffer.from(source);
        for (const [at, byte] of changes) damaged[at % damaged.length] = byte;
        return expectSame(damaged);
      }),
      { numRuns: 300 },
    );
  });
});
