import { describe, expect, it } from "vitest";
import { strace } from "../../src/formats/strace.ts";
import { readWith } from "../support/samples.ts";
import { between, map, read } from "../support/strace-text.ts";

describe("a call that a book has broken with a backslash", () => {
  it("is read, before its result too", async () => {
    const lines = [
      "mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, \\",
      "-1, 0) = 0x7f8e78cc5000",
      "mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) \\",
      "= 0x7f3bb553b000",
    ];
    expect((await between(...lines)).map((text) => text.replace(/\(.*\)/, ""))).toEqual([
      "2.3 - mmap = 0x7f8e78cc5000",
      "4.5 - mmap = 0x7f3bb553b000",
    ]);
  });
});

describe("blanks behind a line", () => {
  it.each(["  ", " \t", "\r\r"])("say nothing: %j", async (blanks) => {
    const lines = [
      "10 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>",
      "11 munmap(0x7f0000001000,  <unfinished ...>",
      "10 <... mmap resumed>) = 0x7f0000002000",
      "11 <... munmap resumed>4096) = 0",
      "10 munmap(0x1000, 4096) = -1 EINVAL (Invalid argument) <0.000007>",
      "10 +++ exited with 0 +++",
    ];
    const plain = await read(`${lines.join("\n")}\n`);
    expect(plain).toHaveLength(5);
    expect(await read(lines.map((line) => `${line}${blanks}\n`).join(""))).toEqual(plain);
  });
});

describe("a line that has lost its start or its end", () => {
  const exec = 'execve("/bin/a", ["a"], 0x7ffe /* 9 vars */) = 0';
  const log = (line: string): string =>
    `${exec}\n${map}\n${line}\n${map.replace("1000", "9000")}\n`;

  it.each([
    ["a name cut in two", "unmap(0x7f0000001000, 4096) = 0", "parse/cut-line"],
    ["most of a name", "ap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0) = 0x7f00", "parse/cut-line"],
    ["flags", "VATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000002000", "parse/cut-off"],
    ["the address alone", ", 0) = 0x7f0000002000", "parse/cut-off"],
    ["a pid and a time", "10 1795351507.085989 ", "parse/cut-off"],
  ])("is counted: %s", async (_, line, code) => {
    const { diagnostics } = await readWith(strace, log(line));
    expect(diagnostics.count(code)).toBe(1);
  });

  it.each([
    ["the rest of another call", ") = 2"],
    ["the rest of an exec", ", 0x7ffe /* 9 vars */) = 0"],
    ["nothing", ""],
    ["blanks", "  "],
  ])("is no loss: %s", async (_, line) => {
    const { diagnostics } = await readWith(strace, log(line));
    expect([...diagnostics.warnings.keys()]).toEqual([]);
  });
});
