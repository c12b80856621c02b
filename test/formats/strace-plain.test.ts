import { createReadStream, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Diagnostics, MmreplayError } from "../../src/errors.ts";
import { StraceReader } from "../../src/formats/strace/reader.ts";
import { strace } from "../../src/formats/strace.ts";
import { allBytes } from "../../src/formats/text/chunks.ts";
import { decompress } from "../../src/formats/text/decompress.ts";
import { readLines } from "../../src/formats/text/lines.ts";
import type { Input } from "../../src/formats/types.ts";
import type { Event } from "../../src/trace/event.ts";
import { shared } from "../support/shared.ts";
import { manyLines, prefixes, usual } from "../support/strace-lines.ts";

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
  allBytes(decompress(createReadStream(path), path));

const recordings = shared === undefined ? [] : readdirSync(join(shared, "recordings"));
const large = recordings
  .map((name) => join(shared ?? "", "recordings", name, "strace.txt.xz"))
  .filter((path) => existsSync(path));
const others = shared === undefined ? [] : readdirSync(join(shared, "formats"));
const missing = shared === undefined ? " (no recordings beside the checkout)" : "";

/** Lines as most recordings have them, with the values that decide whether a line is plain. */
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
    const style = fc.oneof(fc.constant(usual), fc.constantFrom(...prefixes));
    const text = style.chain((print) => fc.tuple(fc.constant(print), manyLines(print)));
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom("\n", "\n", "\r\n"), ([print, lines], end) => {
        const at = print(11, 1);
        const start = `${at}execve("/bin/true", ["true"], 0x7ffe) = 0 <0.000100>`;
        const files = [3, 4, 5, 10].map(
          (open) =>
            `${at}mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, ${open}, 0) = 0x7f0000${open}00000`,
        );
        return expectSame(Buffer.from([start, ...lines, ...files, start, ...files, ""].join(end)));
      }),
      { numRuns: 2000 },
    );
  });

  it("descriptors are followed as they are at length", async () => {
    const few = fc.constantFrom("3", "4", "3</a>", "4</b>(deleted)");
    const made = fc.constantFrom(" = 3", " = 4", " = 3</a>", " = 4</b>", " = -1 EBADF (Bad fd)");
    const names = fc.constantFrom(
      '"/a"',
      '"b"',
      '"../c"',
      '"/dev/zero"',
      '"/lib/x86_64-linux-gnu/libc.so.6"',
    );
    const where = fc.constantFrom("AT_FDCWD", "AT_FDCWD</home>", "3</etc/d>");
    const how = fc.constantFrom("O_RDONLY", "O_RDWR|O_CLOEXEC", "O_RDWR|O_CREAT|O_CLOEXEC, 0644");
    const lines = fc.oneof(
      fc
        .tuple(where, names, how, made)
        .map(([at, name, to, end]) => `openat(${at}, ${name}, ${to})${end}`),
      fc.tuple(names, how, made).map(([name, to, end]) => `open(${name}, ${to})${end}`),
      fc.tuple(few, made).map(([open, end]) => `close(${open})${end.replace(/= [34].*/, "= 0")}`),
      fc
        .tuple(few, fc.constantFrom("FD_CLOEXEC", "0"))
        .map(([open, flag]) => `fcntl(${open}, F_SETFD, ${flag}) = 0`),
      fc.tuple(few, made).map(([open, end]) => `dup(${open})${end}`),
      fc.tuple(few, few, made).map(([open, to, end]) => `dup2(${open}, ${to})${end}`),
      few.map((open) => `mmap(NULL, 4096, PROT_READ, MAP_SHARED, ${open}, 0) = 0x7f0000003000`),
      fc.constant('execve("/bin/true", ["true"], 0x7ffe) = 0'),
    );
    const between = fc.oneof(
      { weight: 5, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.tuple(fc.constantFrom("11", "12"), lines).map((one) => [one]) },
    );
    const followed = fc.array(fc.tuple(lines, fc.boolean(), between), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(followed, (calls) => {
        const maps = ["3", "4"].map(
          (open) => `11 mmap(NULL, 4096, PROT_READ, MAP_SHARED, ${open}, 0) = 0x7f0000003000`,
        );
        const said = calls.flatMap(([text, cut, between]) => {
          const at = text.indexOf(") = ");
          if (!cut || at < 0) return [`11 ${text}`];
          const name = text.slice(0, text.indexOf("("));
          const begun = `11 ${text.slice(0, at)} <unfinished ...>`;
          const others = between.map(([pid, other]) => `${pid} ${other}`);
          return [begun, ...others, `11 <... ${name} resumed>${text.slice(at)}`];
        });
        const start = '11 execve("/bin/true", ["true"], 0x7ffe) = 0';
        const child = "11 clone(child_stack=NULL, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = 12";
        const all = [start, child, ...said, ...maps, ""];
        return expectSame(Buffer.from(all.join("\n")));
      }),
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
