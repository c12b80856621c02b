import { describe, expect, it } from "vitest";
import { strace } from "../../src/formats/strace.ts";
import { readWith } from "../support/samples.ts";

const exec = 'execve("/bin/a", ["a"], 0x7ffe /* 3 vars */) = 0';
const map = "mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000";

/** The heads of real libraries, as strace 6.1 prints them. */
const arm64 = String.raw`read(3, "\177ELF\2\1\1\3\0\0\0\0\0\0\0\0\3\0\267\0\1\0\0\0py\2\0\0\0\0\0"..., 832) = 832`;
const arm64Hex = String.raw`read(3, "\x7f\x45\x4c\x46\x02\x01\x01\x03\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\xb7\x00\x01\x00\x00\x00\x70\x79\x02\x00\x00\x00\x00\x00"..., 832) = 832`;
const i386 = String.raw`read(3, "\177ELF\1\1\1\3\0\0\0\0\0\0\0\0\3\0\3\0\1\0\0\0\0205\2\0004\0\0\0"..., 512) = 512`;
const x32 = String.raw`read(3, "\177ELF\1\1\1\3\0\0\0\0\0\0\0\0\3\0>\0\1\0\0\0\300\3\2\0004\0\0\0"..., 512) = 512`;
const s390 = String.raw`read(3, "\177ELF\2\2\1\3\0\0\0\0\0\0\0\0\0\3\0\26\0\0\0\1\0\0\0\0\0\2"..., 832) = 832`;

const factsOf = async (...lines: readonly string[]) => {
  const text = [exec, map, ...lines].map((line) => `10 ${line}\n`).join("");
  const { result, diagnostics, events } = await readWith(strace, text);
  return { facts: result.facts, diagnostics, events };
};

describe("the machine that a recording is of", () => {
  it.each([
    ["octal escapes", arm64, "arm64"],
    ["hexadecimal escapes", arm64Hex, "arm64"],
    ["a path beside the descriptor", arm64.replace("3,", "3</lib/libc.so.6>,"), "arm64"],
    ["pread64", arm64.replace("read", "pread64").replace("832)", "832, 0)"), "arm64"],
    ["a 32-bit library", i386, "x86-64"],
  ])("is that of the first library that the loader reads, with %s", async (_, line, arch) => {
    const { facts } = await factsOf(line, i386);
    expect(facts).toMatchObject({
      arch,
      inferred: [`architecture ${arch}: from the ELF header on line 3`],
    });
  });

  it("is not that of another file which a program looks at", async () => {
    const other = arm64.replaceAll("832", "4096");
    expect((await factsOf(other)).facts.arch).toBeUndefined();
  });

  it("is that of the libraries' folder until a header is read", async () => {
    const open = 'openat(AT_FDCWD, "/lib/aarch64-linux-gnu/libc.so.6", O_RDONLY|O_CLOEXEC) = 3';
    expect((await factsOf(open)).facts.inferred).toEqual([
      "architecture arm64: from the library on line 3",
    ]);
    expect((await factsOf(open, i386)).facts.arch).toBe("x86-64");
    const failed = open.replace("= 3", "= -1 ENOENT (No such file or directory)");
    expect((await factsOf(failed)).facts.arch).toBeUndefined();
  });

  it("is told to be another one than those that are modelled", async () => {
    const { facts, diagnostics } = await factsOf(s390);
    expect(facts.arch).toBeUndefined();
    expect(diagnostics.warnings.get("parse/other-architecture")).toMatchObject({
      count: 1,
      lines: [3],
      message: "programs of s390, whose layout is not modelled",
    });
  });

  it("has 32-bit programs if their libraries are", async () => {
    const extended = map.replace("0x7f0000001000", "0x7ffff7fc6000");
    const { events } = await factsOf(x32, extended);
    expect(events.at(-1)).toMatchObject({ call: "mmap", result: 0xf7fc6000 });
  });
});
