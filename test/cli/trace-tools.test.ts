import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mmreplay, root } from "../support/cli.ts";

let folder = "";
const file = (name: string): string => join(folder, name);
const trace = (name: string): string => join(root, "traces", `${name}.mmtrace`);

const text = [
  '10 execve("/home/alice/bin/secretd", ["secretd", "--host=build7"], 0x7ffe /* 9 vars */) = 0',
  "10 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3</home/alice/data/customers.db>, 0) = 0x7f0000001000",
  "10 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 11",
  '11 execve("/usr/bin/true", ["true"], 0x7ffe /* 9 vars */) = 0',
  "11 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000002000",
  "",
].join("\n");

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mmreplay-tools-"));
  writeFileSync(file("run.strace"), text);
  writeFileSync(file("run2.strace"), text);
  copyFileSync(trace("vfio-bar-2g-7.3"), file("bar.mmtrace"));
  symlinkSync(file("bar.mmtrace"), file("link.mmtrace"));
  mkdirSync(file("several"));
  for (const name of ["redis-ext4", "lmdb-ext4"])
    copyFileSync(trace(name), join(file("several"), `${name}.mmtrace`));
});

afterAll(() => rmSync(folder, { recursive: true }));

const eventsOf = (path: string): readonly Record<string, unknown>[] =>
  mmreplay(["events", path, "-q"])
    .stdout.trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("trace anonymize", () => {
  it("writes a recording under pseudonyms, and tells what it replaced and what stays", () => {
    const { code, stdout, stderr } = mmreplay([
      "trace",
      "anonymize",
      file("run.strace"),
      "-o",
      file("a.mmtrace"),
    ]);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toMatch(/a\.mmtrace: \d+ events, \d+ bytes\n {2}replaced: \d+ names/);
    expect(stderr).toMatch(/^ {2}stays: architecture, settings of memory, addresses/m);
    const { stdout: told } = mmreplay(["trace", "info", file("a.mmtrace")]);
    expect(told).not.toMatch(/alice|secretd|build7/);
    expect(eventsOf(file("a.mmtrace")).length).toBe(eventsOf(file("run.strace")).length);
  });

  it("names the kernel, the PCI devices and the names that stay", () => {
    const { stderr } = mmreplay([
      "trace",
      "anonymize",
      file("bar.mmtrace"),
      "-o",
      file("b.mmtrace"),
    ]);
    expect(stderr).toContain("stays: kernel 7.3.4+deb13-amd64\n");
    expect(stderr).toMatch(/stays: PCI devices .*0000:00:08\.0/);
    expect(stderr).toMatch(/stays: names that the kernel gives: .*anon_inode:\[vfio-device\]/);
  });

  it("writes to standard output", () => {
    const piped = mmreplay([
      "trace",
      "anonymize",
      file("bar.mmtrace"),
      "-q",
      "-o",
      file("c.mmtrace"),
    ]);
    expect(piped).toEqual({ code: 0, stdout: "", stderr: "" });
    const { stdout } = mmreplay(["trace", "anonymize", file("bar.mmtrace"), "-q", "-o", "-"]);
    expect(stdout.slice(1, 4)).toBe("MMT");
  });
});

describe("trace filter", () => {
  it("writes the tasks that are named, by id or by program", () => {
    for (const [name, value] of [
      ["--pid", "11"],
      ["--program", "true"],
    ] as const) {
      const { code, stderr } = mmreplay([
        "trace",
        "filter",
        file("run.strace"),
        name,
        value,
        "-o",
        file("f.mmtrace"),
      ]);
      expect(code).toBe(0);
      expect(stderr).toContain("kept: 1 address space, 2 of 5 events\n");
      expect(eventsOf(file("f.mmtrace")).map(({ pid }) => pid)).toEqual([11, 11]);
    }
  });
});

describe("trace merge", () => {
  it("writes one trace of several, and tells what ids became", () => {
    const { code, stderr } = mmreplay([
      "trace",
      "merge",
      file("run.strace"),
      file("run2.strace"),
      "-o",
      file("m.mmtrace"),
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /m\.mmtrace: 10 events, \d+ bytes\n {2}2 traces, one after the other: .*run\.strace has no times\n/,
    );
    expect(stderr).toContain("run2.strace whose ids are taken: 10 is now 12, 11 is now 13\n");
    expect(eventsOf(file("m.mmtrace")).map(({ pid }) => pid)).toEqual([
      10, 10, 10, 11, 11, 12, 12, 12, 13, 13,
    ]);
  });

  it("takes the traces of a folder", () => {
    const { code } = mmreplay(["trace", "merge", file("several"), "-q", "-o", file("n.mmtrace")]);
    expect(code).toBe(0);
    expect(mmreplay(["verify", file("n.mmtrace"), "-q"]).stdout).toContain("540/540");
  });
});

describe("what these tools refuse", () => {
  it.each([
    ["anonymize bar.mmtrace -o bar.mmtrace", 1, "io/same-file", "name another file with -o"],
    ["anonymize link.mmtrace -o bar.mmtrace", 1, "io/same-file", "name another file with -o"],
    ["filter several --pid 1 -o several/redis-ext4.mmtrace", 1, "io/same-file", "-o"],
    ["merge run.strace bar.mmtrace -o link.mmtrace", 1, "io/same-file", "-o"],
    ["anonymize several -o x.mmtrace", 1, "trace/several", "mmreplay import"],
    ["anonymize none.mmtrace -o x.mmtrace", 1, "io/missing", "check the path"],
    ["anonymize bar.mmtrace -o none/x.mmtrace", 1, "io/unwritable", "mkdir -p none"],
    ["anonymize none.mmtrace -o none/x.mmtrace", 1, "io/unwritable", "mkdir -p none"],
    [
      "filter run.strace --pid 99 -o x.mmtrace",
      1,
      "filter/no-task",
      "10 (secretd), 11 (secretd), 11 (true)",
    ],
    ["filter run.strace --program db -o x.mmtrace", 1, "filter/no-program", "10 (secretd)"],
    ["filter run.strace -o x.mmtrace", 2, "usage/filter-what", "--pid 12,13"],
    ["filter run.strace --pid 1,a -o x.mmtrace", 2, "usage/pid", "--pid 12,13"],
    ["merge run.strace -o x.mmtrace", 1, "merge/one-trace", "name two traces"],
    ["merge bar.mmtrace run.strace link.mmtrace -o x.mmtrace", 1, "trace/given-twice", "once"],
    ["merge bar.mmtrace several -o x.mmtrace", 1, "merge/contradiction", "mmreplay replay"],
    ["anonymize bar.mmtrace", 2, "usage/arguments", "mmreplay trace anonymize --help"],
    ["twist bar.mmtrace", 2, "usage/arguments", "mmreplay trace --help"],
  ])("%s", (command, exit, error, hint) => {
    const before = readFileSync(file("bar.mmtrace"));
    const { code, stdout, stderr } = mmreplay(
      ["trace", ...command.split(" ")],
      undefined,
      {},
      folder,
    );
    expect(stderr).toContain(`error[${error}]`);
    expect(stderr).toMatch(/^hint: /m);
    expect(stderr).toContain(hint);
    expect([code, stdout]).toEqual([exit, ""]);
    expect(existsSync(file("x.mmtrace"))).toBe(false);
    expect(readFileSync(file("bar.mmtrace"))).toEqual(before);
  });
});
