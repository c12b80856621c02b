import { createReadStream, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Diagnostics, MmreplayError } from "../../src/errors.ts";
import { bytesOf, decompress } from "../../src/formats/decompress.ts";
import { readLines } from "../../src/formats/lines.ts";
import { StraceReader } from "../../src/formats/strace/reader.ts";
import { strace } from "../../src/formats/strace.ts";
import type { Input } from "../../src/formats/types.ts";
import type { Event } from "../../src/trace/event.ts";
import { shared } from "../support/shared.ts";

interface Reading {
  readonly events: readonly Event[];
  readonly warnings: readonly unknown[];
  readonly told: unknown;
}

const inputOf = (bytes: Uint8Array): Input => ({
  name: "text",
  chunks: (async function* () {
    yield bytes;
  })(),
});

type Read = (
  input: Input,
  emit: (event: Event) => void,
  diagnostics: Diagnostics,
) => Promise<unknown>;

async function reading(bytes: Uint8Array, read: Read): Promise<Reading> {
  const events: Event[] = [];
  const diagnostics = new Diagnostics();
  const told = await read(inputOf(bytes), (event) => events.push(event), diagnostics).catch(
    (error: unknown) => {
      if (error instanceof MmreplayError) return [error.code, error.message, error.at];
      throw error;
    },
  );
  return { events, warnings: [...diagnostics.warnings.values()], told };
}

/** Every line goes the long way. */
const atLength: Read = async (input, emit, diagnostics) => {
  const reader = new StraceReader(input.name, emit, diagnostics);
  const lines = await readLines(input, reader.line.bind(reader), diagnostics, {
    mayBeLong: () => true,
  });
  reader.end();
  return { lines, facts: reader.facts() };
};

async function expectSame(bytes: Uint8Array): Promise<void> {
  const plain = await reading(bytes, strace.read);
  const long = await reading(bytes, atLength);
  // Much faster than the matcher, which explains the difference.
  if (!isDeepStrictEqual(plain, long)) expect(plain).toEqual(long);
}

const samples = join(import.meta.dirname, "samples");
const own = readdirSync(samples).filter((name) => name.startsWith("strace-"));

const text = (path: string): Promise<Uint8Array> =>
  bytesOf(decompress(createReadStream(path), path));

const recordings = shared === undefined ? [] : readdirSync(join(shared, "recordings"));
const large = recordings
  .map((name) => join(shared ?? "", "recordings", name, "strace.txt.xz"))
  .filter((path) => existsSync(path));
const others = shared === undefined ? [] : readdirSync(join(shared, "formats"));
const missing = shared === undefined ? " (no recordings beside the checkout)" : "";

/** Lines as most recordings have them, with the values that decide whether a line is plain. */
const number = fc.oneof(
  fc.constantFrom("NULL", "0", "0x0", "0x", "4096", "-1", "65536", "1", "x"),
  fc.maxSafeNat().map((value) => `0x${value.toString(16)}`),
  fc.bigInt({ min: 0n, max: 2n ** 66n }).map((value) => `0x${value.toString(16)}`),
  fc.nat({ max: 2 ** 20 }).map((page) => `0x7f${(page * 4096).toString(16).padStart(10, "0")}`),
);
const prot = fc.constantFrom("PROT_NONE", "PROT_READ|PROT_WRITE", "0x3", "PROT_READ|PROT_NEW", "");
const flags = fc.constantFrom(
  "MAP_PRIVATE|MAP_ANONYMOUS",
  "MAP_SHARED",
  "MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS",
  "MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|21<<MAP_HUGE_SHIFT",
  "0x22 /* MAP_PRIVATE|MAP_ANONYMOUS */",
  "MAP_NEW",
);
const fd = fc.constantFrom(
  "-1",
  "3",
  "3</usr/lib/libc.so.6>",
  "4</a b, c)>",
  "5</x>(deleted)",
  "-0",
);
const call = fc.oneof(
  fc.tuple(number, number, prot, flags, fd, number).map((args) => `mmap(${args.join(", ")}`),
  fc.tuple(number, number).map((args) => `munmap(${args.join(", ")}`),
  fc.tuple(number, number, prot).map((args) => `mprotect(${args.join(", ")}`),
  fc
    .tuple(number, number, fc.constantFrom("MADV_DONTNEED", "MADV_FREE", "0x99"))
    .map((args) => `madvise(${args.join(", ")}`),
  number.map((addr) => `brk(${addr}`),
  fc.constantFrom(
    'write(1, "x"',
    "futex(0x7f0000000000, FUTEX_WAKE",
    "close(3",
    "ioctl(3, TCGETS",
    "mremap(0x7f0000000000, 4096, 8192, MREMAP_MAYMOVE",
    'openat(AT_FDCWD, "/lib", O_RDONLY',
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
    " = ?",
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
      fc.constantFrom("mmap", "munmap", "mprotect", "madvise", "brk", "clone"),
      outcome,
      duration,
    )
    .map(([name, end, took]) => `<... ${name} resumed>)${end}${took}`),
  fc.constantFrom("+++ exited with 0 +++", "--- SIGCHLD {si_signo=SIGCHLD} ---", "", "noise"),
);
const prefix = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom(11, 12, 13), fc.nat({ max: 999_999 })) },
  { weight: 1, arbitrary: fc.constantFrom([11, -1] as const) },
);
const line = fc.tuple(prefix, body).map(([[pid, part], rest]) => {
  if (part < 0) return `[pid ${pid}] ${rest}`;
  return `${pid} 17953515${part < 500_000 ? "07" : "08"}.${String(part).padStart(6, "0")} ${rest}`;
});

/** The lines of a sample without pids, as `-f -ttt` prints them. */
function timed(bytes: Uint8Array): Buffer<ArrayBufferLike> {
  const lines = Buffer.from(bytes).toString("latin1").split("\n");
  const numbered = lines.map((rest, index) => {
    const part = String(index).padStart(6, "0");
    return rest === "" ? rest : `11 1795351507.${part} ${rest}`;
  });
  return Buffer.from(numbered.join("\n"), "latin1");
}

/** One byte less, one more, or another one. */
function mutated(
  bytes: Buffer<ArrayBufferLike>,
  at: number,
  byte: number,
  how: number,
): Buffer<ArrayBufferLike> {
  const place = at % bytes.length;
  const rest = bytes.subarray(how === 0 ? place : place + 1);
  const added = how === 1 ? [] : [byte];
  return Buffer.concat([bytes.subarray(0, place), Buffer.from(added), rest]);
}

describe("plain lines of strace", () => {
  it.each(own)("%s gives what it gives line by line at length", async (name) => {
    await expectSame(await text(join(samples, name)));
  });

  it(`all samples and recordings give what they give at length${missing}`, async () => {
    for (const path of large) await expectSame(await text(path));
    for (const name of others) {
      if (!/^strace-.*\.txt$/.test(name)) continue;
      await expectSame(await text(join(shared ?? "", "formats", name)));
    }
  }, 120_000);

  it("any lines give what they give at length", async () => {
    const start = '11 1795351507.000001 execve("/bin/true", ["true"], 0x7ffe) = 0 <0.000100>';
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 40 }),
        fc.constantFrom("\n", "\r\n"),
        (lines, end) => expectSame(Buffer.from([start, ...lines, ""].join(end))),
      ),
      { numRuns: 1000 },
    );
  });

  it("damaged recordings give what they give at length", async () => {
    const sources = await Promise.all(own.map((name) => text(join(samples, name))));
    sources.push(timed(await text(join(samples, "strace-7.2-plain.txt"))));
    sources.push(timed(await text(join(samples, "strace-7.2-yy-paths.txt"))));
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 2 })), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...sources), damage, (source, changes) => {
        const damaged = changes.reduce(
          (bytes, [at, byte, how]) => mutated(bytes, at, byte, how),
          Buffer.from(source) as Buffer<ArrayBufferLike>,
        );
        return expectSame(damaged);
      }),
      { numRuns: 300 },
    );
  });

  it("lines of the shape of most never become text", async () => {
    const bytes = timed(await text(join(samples, "strace-7.2-plain.txt")));
    const reader = new StraceReader("text", () => undefined, new Diagnostics());
    let longer = 0;
    let all = 0;
    await readLines(
      inputOf(bytes),
      (...args) => {
        longer += 1;
        reader.line(...(args as Parameters<StraceReader["line"]>));
      },
      new Diagnostics(),
      {
        plain: (chunk, start, number) => {
          all += 1;
          return reader.plain(chunk, start, number);
        },
      },
    );
    expect(longer / all).toBeLessThan(0.5);
  });
});
