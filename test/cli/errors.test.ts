import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mmreplay, root } from "../support/cli.ts";

let folder = "";
const file = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mmreplay-errors-"));
  const trace = readFileSync(join(root, "traces/redis-ext4.mmtrace"));
  const damaged = Uint8Array.from(trace);
  damaged[5000] = 255 - (damaged[5000] ?? 0);
  writeFileSync(file("empty.txt"), "");
  writeFileSync(file("notes.txt"), "we saw the mmap of the BAR fail\n".repeat(20));
  writeFileSync(file("truncated.mmtrace"), trace.subarray(0, 700));
  writeFileSync(file("damaged.mmtrace"), damaged);
  const exec = '10 execve("/bin/a", ["a"], 0x7ffe /* 9 vars */) = 0';
  const anon = "10 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000";
  writeFileSync(file("odd.strace"), `${exec}\n${anon}\nwhat is this\n`);
  writeFileSync(file("alone.strace"), `${exec}\n${anon}\n`);
  writeFileSync(file("calls.txt"), 'read(3, "x", 1) = 1\nclose(3) = 0\n'.repeat(30));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Every refusal: exit code 1, nothing on stdout, the file with what to do, and no stack. */
function refused(args: readonly string[], code: string, path: string): void {
  const { code: exit, stdout, stderr } = mmreplay(args);
  expect(stderr).toContain(`error[${code}]`);
  expect(stderr).toContain(path);
  expect(stderr).toMatch(/^hint: /m);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stdout).toBe("");
  expect(exit).toBe(1);
}

describe("bad input", () => {
  it.each([
    ["empty.txt", "parse/empty"],
    ["notes.txt", "parse/unknown-format"],
    ["truncated.mmtrace", "trace/damaged"],
    ["damaged.mmtrace", "trace/damaged"],
    ["missing.mmtrace", "io/missing"],
  ])("refuses %s with %s", (name, code) => {
    refused(["replay", file(name)], code, file(name));
  });

  it("refuses a folder without a recording", () => {
    refused(["replay", join(root, "docs")], "import/no-recording", "docs");
  });

  it("says what is missing from a recording without a memory call", () => {
    refused(["events", file("calls.txt")], "parse/no-memory-calls", file("calls.txt"));
  });

  it.each([
    ["events", "redis-ext4.mmtrace"],
    ["replay", "redis-ext4.mmtrace"],
    ["import", "redis-ext4.mmtrace"],
  ])("says of %s that its output cannot be written", (command, name) => {
    const output = file("nowhere/out");
    refused(["-q", command, join(root, "traces", name), "-o", output], "io/unwritable", output);
  });

  it("says of a kernel image that there is none, and what one is", () => {
    for (const [kernel, code] of [
      [file("bzImage"), "io/missing"],
      [folder, "lab/not-a-kernel"],
    ] as const) {
      const args = ["lab", "--kernel", kernel, join(root, "traces/redis-ext4.mmtrace")];
      refused(args, code, kernel);
      expect(mmreplay(args).stderr).toContain("hint: of a kernel build give arch/x86/boot/bzImage");
    }
  });

  it.skipIf(!existsSync("/proc/self/maps"))("looks into no folder of the system", () => {
    for (const path of ["/", "/proc", "/proc/self", "/sys", "/sys/kernel"])
      refused(["replay", path], "io/system-folder", path);
  });

  it.skipIf(!existsSync("/proc/self/mem"))("says of a file that the system cannot read it", () => {
    refused(["events", "/proc/self/mem"], "io/unreadable", "EIO");
  });

  it("hints at a command that can be pasted, wherever the file is and whatever it is called", () => {
    const path = file("wide 'text'.txt");
    writeFileSync(path, Buffer.from("\ufeffmmap(", "utf16le"));
    refused(["events", path], "parse/encoding", `'${folder}/wide '\\''text'\\''.txt' | mmreplay`);
  });

  it("says of a report that there is none, and never to write over what is no report", () => {
    refused(["compare", file("missing.json"), file("notes.txt")], "io/missing", "missing.json");
    refused(["compare", file("notes.txt"), file("notes.txt")], "compare/no-report", "notes.txt");
    const { stderr } = mmreplay(["compare", file("notes.txt"), file("notes.txt")]);
    expect(stderr).toContain("-o REPORT.json");
    refused(["compare", folder, folder], "io/unreadable", `${folder}: error`);
    refused(["compare", folder, folder], "io/unreadable", "this is a folder");
  });

  it.skipIf(!existsSync("/dev/full"))("says of a full disk what to do", () => {
    const trace = join(root, "traces/redis-ext4.mmtrace");
    refused(["-q", "replay", trace, "-o", "/dev/full"], "io/unwritable", "free some space there");
  });

  it("reads the same error from standard input", () => {
    const { code, stderr } = mmreplay(["replay", "-"], "");
    expect(stderr).toContain("error[parse/empty]");
    expect(code).toBe(1);
  });
});

describe("bad usage", () => {
  const redis = "traces/redis-ext4.mmtrace";

  it.each([
    [["replai"], "Unknown command: replai\nhint: did you mean replay\n"],
    [["history", "chek"], "Unknown command: chek\nhint: did you mean check\n"],
    [["history", "frobnicate"], "Unknown command: frobnicate\nhint: see mmreplay history --help"],
    [["frobnicate"], "Unknown command"],
    [["replay", "a", "--policy", "linux-7.3", "--policy", "vfio-thp"], "--policy is given more"],
    [["explain", "traces/redis-ext4.mmtrace"], "--event LINE"],
    [["verify", "traces/redis-ext4.mmtrace", "--show", "-1"], "a whole number"],
    [
      ["replay"],
      "something is missing\nhint: mmreplay replay <trace..>; see mmreplay replay --help",
    ],
    [["compare", "a"], "hint: mmreplay compare <base> <next>"],
    [["trace", "info"], "hint: mmreplay trace info <trace..>; see mmreplay trace info --help\n"],
    [["replay", redis, "--policy", "linux-7.4"], "did you mean linux-7.2 or linux-7.3\n"],
    [["list", "policy"], "Choices"],
    [["replay", redis, "--frobnicate"], "Unknown argument: frobnicate\nhint: see mmreplay replay"],
    [
      ["replay", redis, "--polcy", "linux-7.3"],
      "Unknown argument: polcy\nhint: did you mean --policy",
    ],
    [["record", "--wiht", "perf", "--", "ls"], "hint: did you mean --with\n"],
    [["replay", redis, "--jobs"], "Not enough arguments following: jobs"],
    [["replay", redis, "-o"], "Not enough arguments following: o"],
    [["replay", redis, "--jobs", "many"], "--jobs is a number of threads, 1 or more\n"],
    [["replay", redis, "--points", "1.5"], "0 to 2000, not 1.5\n"],
    [["explain", redis, "--event", "mmap"], "--event is a line of the recording, 1 or more\n"],
    [["record", "-p", "0"], "--pid is the number of a process, 1 or more, not 0\n"],
  ])("answers %j with the remedy and exit 2", (args, remedy) => {
    const { code, stderr } = mmreplay(args);
    expect(stderr).toContain(remedy);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
  });
});

it.each([["events"], ["import"], ["replay"], ["compare"], ["explain"], ["trace", "info"]])(
  "shows in the help of %s %s what has its place apart from the options",
  (...command) => {
    const { stdout } = mmreplay([...command, "--help"]);
    const [usage = "", names = "", options = ""] = stdout.split(/^Positionals:$|^Options:$/m);
    for (const [, name] of usage.matchAll(/[<[](\w+)/g)) {
      expect(names).toMatch(new RegExp(`^  ${name} +\\S`, "m"));
      expect(options).not.toContain(`--${name} `);
    }
    expect(names).not.toContain("default: []");
  },
);

it.each([
  "record",
  "import",
  "events",
  "replay",
  "compare",
  "bench",
  "verify",
  "live",
  "explain",
  "list",
])("says in the help of %s what each option does", (command) => {
  const { stdout } = mmreplay([command, "--help"]);
  const options = stdout.split("\n").filter((line) => /^ +(?:-\w, )? *--\w/.test(line));
  expect(options.length).toBeGreaterThan(2);
  for (const line of options) expect(line).toMatch(/--[\w-]+ {2,}[^ [-]/);
});

it.each([[[]], [["replay"]], [["trace", "info"]]])("takes -h behind %j for --help", (command) => {
  const help = mmreplay([...command, "--help"]);
  expect(help.stdout).toContain("-h, --help");
  expect(mmreplay([...command, "-h"])).toEqual(help);
});

it("leaves -h to the program that is recorded", () => {
  const { stderr } = mmreplay(["record", "--", "/no/such/program", "-h"]);
  expect(stderr).toMatch(/error\[record\/no-(?:program|recorder)\]/);
});

it("takes what follows -- for names, whatever they begin with", () => {
  const { code, stderr } = mmreplay(["events", "--", "-missing.txt"]);
  expect(stderr).toContain("./-missing.txt: error[io/missing]");
  expect(code).toBe(1);
});

describe("--strict", () => {
  it.each([
    ["replay", "--jobs", "1"],
    ["replay", "--jobs", "2", "--policy", "linux-6.1,linux-7.3"],
    ["verify"],
    ["import"],
    ["events"],
  ])("makes the first warning the error of %s", (command, ...more) => {
    const odd = file("odd.strace");
    const { code, stderr, stdout } = mmreplay([command, odd, "--strict", ...more]);
    expect(stderr).toContain(`${odd}:3:1: error[parse/foreign-line]: `);
    expect(stderr).toContain("    3 | what is this\n");
    expect(stderr).toContain("hint: leave out --strict");
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });

  it.each(["replay", "verify"])("refuses with %s what resolving warns of", (command) => {
    const { code, stderr } = mmreplay([command, file("alone.strace"), "--strict"]);
    expect(stderr).toContain("alone.strace:1:4: error[resolve/no-snapshot]: ");
    expect(code).toBe(1);
  });

  it.each(["/lib", `/${"a".repeat(150)}`])("marks the token on its line, behind %s", (path) => {
    const exec = '10 execve("/bin/a", ["a"], 0x7ffe /* 9 vars */) = 0';
    const call = `10 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3<${path}>, zz) = 0x7f0000001000`;
    writeFileSync(file("token.strace"), `${exec}\n${call}\n`);
    const { stderr } = mmreplay(["import", file("token.strace"), "--strict", "-q"]);
    const [place = "", line = "", mark = ""] = stderr.split("\n");
    expect(place).toContain(`token.strace:2:${call.indexOf("zz") + 1}: error[parse/`);
    expect(mark.trimEnd().length - mark.indexOf("^")).toBe(2);
    expect(line.slice(mark.indexOf("^"), mark.length)).toBe("zz");
  });

  it("changes nothing where nothing is odd", () => {
    const { code } = mmreplay(["verify", "traces/redis-ext4.mmtrace", "--strict"]);
    expect(code).toBe(0);
  });
});
