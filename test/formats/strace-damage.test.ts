import { describe, expect, it } from "vitest";
import { MmreplayError } from "../../src/errors.ts";
import { detect } from "../../src/formats/index.ts";
import { strace } from "../../src/formats/strace.ts";
import { eventJson } from "../../src/trace/event-json.ts";
import { readWith, sample } from "../support/samples.ts";
import { between, good, map, read } from "../support/strace-text.ts";

async function errorOf(text: string | Uint8Array): Promise<MmreplayError> {
  try {
    await readWith(strace, text);
  } catch (error) {
    if (error instanceof MmreplayError) return error;
    throw error;
  }
  throw new Error("accepted");
}

const codeOf = async (text: string | Uint8Array): Promise<string> => (await errorOf(text)).code;

describe("a last line without a line end", () => {
  const last = async (line: string): Promise<string[]> => (await read(`${map}\n${line}`)).slice(1);

  it("is a line cut off if it stops within a call, whichever that is", async () => {
    for (const cut of ["futex(0x1, FUTEX_WA", 'openat(AT_FDCWD, "/a', "clone(child_stack=NULL, fl"])
      expect(await last(cut)).toEqual(["2 - ! parse/cut-off"]);
  });

  it("tells whose it is where it prints a pid", async () => {
    const lines = await read(`10 ${map}\n10 futex(0x1, FUTEX_WA`);
    expect(lines.at(-1)).toBe("2 10 ! parse/cut-off");
  });

  it("is whole if it shows a result that does not matter, or none yet", async () => {
    expect(await last("getpid() = 4711")).toEqual([]);
    expect(await last("futex(0x1, FUTEX_WAIT <unfinished ...>")).toEqual([]);
  });
});

describe("flags that no event can hold", () => {
  it("are a warning, of mseal as of others", async () => {
    const seal = "mseal(0x7f0000001000, 4096, 18446744073709551615) = -1 EINVAL (Invalid argument)";
    const protect = "mprotect(0x7f0000001000, 4096, 0xffffffffffffffff) = -1 EINVAL (Invalid)";
    expect(await between(seal, protect)).toEqual([
      "2 - ! parse/bad-flags",
      "3 - ! parse/bad-flags",
    ]);
  });
});

describe("a text without anything to replay", () => {
  it("is refused with the command to use", async () => {
    const error = await errorOf('write(1, "x", 1) = 1\n+++ exited with 0 +++\n');
    expect(error.code).toBe("parse/no-memory-calls");
    expect(error.at.file).toBe("test");
    expect(error.hint).toContain("strace -f -yy");
  });

  it("is refused by what it is", async () => {
    expect(await codeOf("")).toBe("parse/empty");
    expect(await codeOf("\n\n \n")).toBe("parse/not-strace");
    expect(await codeOf("hello\n")).toBe("parse/not-strace");
    expect(await codeOf("% time     seconds  usecs/call\n------ ----\n  0.00    0.0   0\n")).toBe(
      "parse/summary-only",
    );
    expect(await codeOf(Buffer.from("\ufeffmmap(", "utf16le"))).toBe("parse/encoding");
    expect(await codeOf(`${map.replace(/=.*/, "= ...")}\n`)).toBe("parse/no-results");
  });

  it.each([
    ["parse/empty", ""],
    ["parse/empty", "\n \n"],
    ["parse/quoted-printable", "mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, -1, 0) =3D 0x7f00=\n"],
    ["parse/truss", "mmap(0x0,4096,PROT_READ,MAP_PRIVATE,-1,0)\t = 34366164992 (0x800628000)\n"],
    ["parse/ktrace", "  4711 cat      CALL  mmap(0,0x1000,0x3,0x1002,0xffffffff,0)\n"],
    ["parse/ltrace", "__libc_start_main(0x401136, 1, 0x7ffe) = 0\nlibc.so.6->malloc(10) = 0x1\n"],
    ["parse/dtruss", "SYSCALL(args) \t\t = return\nmmap(0x0, 0x1000) = 0x1 0\n".slice(0, 30)],
    ["parse/bpftrace", "Attaching 1 probe...\nhello\n"],
    ["parse/valgrind", "==4711== Memcheck, a memory error detector\n"],
    ["parse/manual", "MMAP(2)      Linux Programmer's Manual      MMAP(2)\n\nNAME\n"],
    ["parse/html", "<!DOCTYPE html>\n<pre>mmap(NULL, 4096) = 0x1</pre>\n"],
    ["parse/unknown-format", "dear list, please find attached\n"],
  ])("is named by detection: %s", (code, text) => {
    let found = "claimed";
    try {
      detect(Buffer.from(text), "x");
    } catch (error) {
      if (error instanceof MmreplayError) found = error.code;
    }
    expect(found).toBe(code);
  });
});

describe("line ends and marks around lines", () => {
  it("accepts CR LF, CR alone and a UTF-8 mark", async () => {
    const plain = await read(`${map}\n${good}\n`);
    expect(plain).toHaveLength(2);
    expect(await read(`${map}\r\n${good}\r\n`)).toEqual(plain);
    expect(await read(`${map}\r${good}\r`)).toEqual(plain);
    expect(await read(`\ufeff${map}\n${good}\n`)).toEqual(plain);
  });

  it("strips the marks of a mail from all lines, and says so", async () => {
    expect(await read(`> ${map}\n> ${good}\n`)).toEqual([
      "1 - ! parse/quoted-lines",
      "1 - mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000001000",
      "2 - munmap(0x7f0000001000, 4096) = 0x0",
    ]);
    expect(await codeOf(`> ${map}\n${good}\n`)).toBe("parse/quoted-lines");
    expect(await codeOf(`${map}\n> ${good}\n`)).toBe("parse/quoted-lines");
  });

  it.each(["    ", "\t", " "])(
    "takes blanks before all lines for the margin of code: %j",
    async (blank) => {
      const texts = [
        sample("strace-7.2-Y-comm-brackets.txt"),
        sample("strace-7.2-r-plus-ttt-stderr.txt"),
        sample("strace-4.5.20-life-brackets-ttt-T.txt"),
        Buffer.from(`10 ${map}\n > /lib/libc.so(mmap+0x1) [0x1]\n\n11 ${good}\n`),
      ];
      for (const bytes of texts) {
        const text = bytes.toString("latin1");
        const indented = Buffer.from(text.replace(/^/gm, blank), "latin1");
        expect(strace.sniff(indented)).toBe(true);
        const [plain, read] = [await readWith(strace, bytes), await readWith(strace, indented)];
        expect(read.events).toEqual(plain.events);
      }
    },
  );

  it("joins a call that a mail program wrapped", async () => {
    expect(
      await between(
        "mmap(NULL, 8192, PROT_READ,",
        "MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)",
        "= 0x7f0000005000",
      ),
    ).toEqual([
      "2.4 - mmap(0x0, 8192, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000005000",
    ]);
  });

  it("takes tabs before results, and blanks behind them", async () => {
    const tabs = good.replace(" = ", "\t\t= ");
    expect(await read(`${map} \n${tabs}\n${tabs} \n`)).toEqual([
      "1 - mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000001000",
      "2 - munmap(0x7f0000001000, 4096) = 0x0",
      "3 - munmap(0x7f0000001000, 4096) = 0x0",
    ]);
  });

  it("removes terminal escapes", async () => {
    expect(
      await between("\u001b[33mmunmap\u001b[0m(0x7000\u001b[0m, 4096\u001b[0m)\u001b[0m = 0"),
    ).toEqual(["2 - munmap(0x7000, 4096) = 0x0"]);
  });

  it("bounds a long line that is no memory call", async () => {
    const long = `write(1, "${"x".repeat(11 * 1024 * 1024)}", 11) = 11`;
    expect(await between(long)).toEqual([]);
  });

  it("refuses 10 MiB without a line end at once", async () => {
    expect(await codeOf(Buffer.alloc(11 * 1024 * 1024, "x"))).toBe("parse/no-line-end");
  });
});

describe("damage in one place", () => {
  it.each([
    [
      "a length that is no number",
      "mmap(NULL, 0x, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000005000",
      "parse/bad-length",
    ],
    ["more than 64 bits", "munmap(0x10000000000000000, 4096) = 0", "parse/bad-number"],
    [
      "a result of more than 64 bits",
      "mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x10000000000001000",
      "parse/bad-result",
    ],
    ["flags that are none", "mprotect(0x1000, 4096, !!) = 0", "parse/bad-flags"],
    ["arguments that are missing", "munmap(0x1000) = 0", "parse/arguments"],
    ["a negative length", "munmap(0x1000, -4096) = 0", "parse/bad-length"],
    ["length 0 with success", "munmap(0x1000, 0) = 0", "parse/bad-length"],
    [
      "a result inside of a page",
      "mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000005010",
      "parse/unaligned-result",
    ],
    [
      "MAP_FIXED that went elsewhere",
      "mmap(0x5000, 4096, PROT_READ, MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS, -1, 0) = 0x6000",
      "parse/fixed-elsewhere",
    ],
    ["a call cut before its result", "munmap(0x1000, 40", "parse/cut-line"],
    ["output of the program glued to a call", "hellomunmap(0x1000, 4096) = 0", "parse/glued-line"],
    ["a call that is misspelt", "mnmap(0x1000, 4096) = 0", "parse/misspelt-call"],
    ["a call with two letters changed", "mmpa(NULL, 4096) = 0x1000", "parse/misspelt-call"],
    ["a comment by hand", "[...]", "parse/foreign-line"],
    [
      "the end of a call without its start",
      "<... munmap resumed>) = 0",
      "parse/resumed-without-start",
    ],
  ])("%s is counted, and nothing else is lost", async (_, line, code) => {
    expect(await between(line)).toEqual([`2 - ! ${code}`]);
  });

  it("keeps a call right behind what the program has printed", async () => {
    const call = "munmap(0x1000, 4096) = 0";
    const told = (
      await Promise.all(["progress 10%", "done\r"].map((output) => between(`${output}${call}`)))
    ).flat();
    const glued = ["2 - ! parse/glued-line", "2 - munmap(0x1000, 4096) = 0x0"];
    expect(told).toEqual([...glued, ...glued]);
    expect(await between(`10%[pid  77] ${call}`)).toEqual([
      glued[0],
      "2 77 munmap(0x1000, 4096) = 0x0",
    ]);
    for (const remark of ["# here: ", 'say "', "see (", "10%;"])
      expect(await between(`${remark}${call}`)).toEqual(["2 - ! parse/foreign-line"]);
  });

  it("keeps a call of which the result is missing", async () => {
    expect(await between("munmap(0x1000, 4096)")).toEqual([
      "2 - ! parse/no-result",
      "2 - munmap(0x1000, 4096) = missing",
    ]);
  });

  it("keeps an old mmap whose arguments the kernel could not read", async () => {
    const failed = "mmap(0xdead000) = -1 EFAULT (Bad address)";
    const { events } = await readWith(
      strace,
      `${[map, failed, "old_mmap() = 0x7f0000002000", good].join("\n")}\n`,
    );
    const [, , , call, odd] = events.map(eventJson);
    const unread = { addr: null, length: null, prot: null, flags: null, fd: null, offset: null };
    expect(call).toMatchObject([{ ...unread, call: "mmap", error: "EFAULT", outcome: "error" }]);
    expect(odd).toMatchObject([{ warning: "parse/arguments" }]);
  });

  it("keeps a call whose flag nobody knows", async () => {
    expect(await between("mprotect(0x1000, 4096, PROT_READ|PROT_FROB) = 0")).toEqual([
      "2 - ! parse/unknown-flag",
      "2 - mprotect(0x1000, 4096, PROT_READ) = 0x0",
    ]);
  });

  it("keeps unknown bits as numbers", async () => {
    expect(
      await between(
        "mmap(NULL, 4096, PROT_READ|0x10000000, 0x22 /* MAP_??? */|0x80000000, -1, 0) = 0x7f0000005000",
      ),
    ).toEqual([
      "2 - mmap(0x0, 4096, 0x10000000|PROT_READ, 0x80000000|MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000005000",
    ]);
  });

  it("takes the symbol of an error whatever the language of its text", async () => {
    expect(await between("munmap(0x1001, 4096) = -1 EINVAL (Недопустимый аргумент)")).toEqual([
      "2 - munmap(0x1001, 4096) = EINVAL",
    ]);
    expect(await between("munmap(0x1000, 4096) = -1 EFROBNICATED (new)")).toEqual([
      "2 - munmap(0x1000, 4096) = EFROBNICATED",
    ]);
    expect(await between("munmap(0x1000, 4096) = -1 (errno 524)")).toEqual([
      "2 - munmap(0x1000, 4096) = ENOTSUPP",
    ]);
  });

  it("marks an injected result", async () => {
    expect(await between("munmap(0x1000, 4096) = 0 (INJECTED)")).toEqual([
      "2 - ! parse/injected",
      "2 - munmap(0x1000, 4096) = 0x0 INJECTED",
    ]);
  });

  it("cuts results whose sign strace extended", async () => {
    expect(
      await between(
        "mmap2(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0xfffffffff7fc6000",
      ),
    ).toEqual([
      "2 - mmap2: mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0xf7fc6000",
    ]);
  });

  it("does not lose the call after program output that splits a line", async () => {
    expect(await between('write(1, "x\\n", 2x', ")                        = 2")).toEqual([]);
  });

  it("drops a last call that is cut inside of its result or its arguments", async () => {
    expect((await read(`${good}\n${map.slice(0, -3)}`)).slice(1)).toEqual(["2 - ! parse/cut-line"]);
    expect((await read(`${good}\n${map.slice(0, 40)}`)).slice(1)).toEqual(["2 - ! parse/cut-line"]);
    expect((await read(`${good}\nmunmap(0x1000, 4096) = -1 ENOM`)).slice(1)).toEqual([
      "2 - ! parse/cut-line",
    ]);
    expect((await read(`${good}\n${map} <0.000012>`)).slice(1)).toHaveLength(1);
  });

  it("counts times that go back", async () => {
    const { diagnostics } = await readWith(
      strace,
      `1.500000 ${map}\n1.200000 ${good}\n`.replace(/^1|\n1/g, "$&795351507"),
    );
    expect(diagnostics.warnings.get("parse/time-goes-back")).toMatchObject({
      count: 1,
      lines: [2],
    });
  });
});

describe("a recording of failed calls only", () => {
  const failed = "munmap(0x1, 4096) = -1 EINVAL (Invalid argument)\n";

  it.each([
    ["eight that failed", failed.repeat(8), 1],
    ["few", failed.repeat(7), 0],
    ["one that did not", `${failed.repeat(30)}${map}\n`, 0],
  ])("is told from others: %s", async (_, text, count) => {
    const { diagnostics } = await readWith(strace, text);
    expect(diagnostics.count("parse/failed-only")).toBe(count);
  });
});
