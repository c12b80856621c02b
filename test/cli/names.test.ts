import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shellWord } from "../../src/cli/shell-word.ts";
import { mmreplay, root } from "../support/cli.ts";

const shipped = join(root, "traces/vfio-bar-256m-7.3.mmtrace");
let folder = "";
const file = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mmreplay-names-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What bash takes a line for. */
const wordsOf = (line: string): readonly string[] =>
  execFileSync("bash", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);

describe("a command line in a report", () => {
  it("is one word each for a shell, and has no space inside a word", () => {
    const odd = ["a b", "it's", "a\nb", "$HOME", "", "*", "a\\b", '"', "k=v,x:y+z", "ä"];
    const line = odd.map(shellWord);
    for (const word of line) expect(word).not.toMatch(/\s/);
    expect(wordsOf(line.join(" "))).toEqual(odd);
    expect(shellWord("core-align:orders=pud+pmd,min=2x")).toBe("core-align:orders=pud+pmd,min=2x");
  });

  it.each(["lkml", "markdown", "json"])("can be pasted from %s", (format) => {
    const path = file("a b.mmtrace");
    copyFileSync(shipped, path);
    const { stdout } = mmreplay(["replay", path, "--policy", "linux-7.3", "--format", format]);
    const plain = stdout.replaceAll(" \\\n  ", " ").replaceAll("\\\\", "\\");
    expect(plain).toContain(`$'${folder}/a\\x20b.mmtrace' --policy linux-7.3`);
  });
});

describe("a name that a terminal would act on", () => {
  it("breaks no line of a report, and colours nothing", () => {
    const path = file("a\nb\x1b[31m.mmtrace");
    copyFileSync(shipped, path);
    for (const args of [["verify"], ["trace", "info"], ["replay", "--policy", "linux-7.3"]]) {
      const { stdout, code } = mmreplay([...args, path]);
      expect(code).toBe(0);
      expect(stdout).toContain("a?b?[31m");
      expect(stdout).not.toContain("\x1b");
    }
  });

  it("is harmless in errors and warnings", () => {
    const path = file("x\x1b[2J.strace");
    writeFileSync(path, "no recording\n");
    const { stderr } = mmreplay(["events", path]);
    expect(stderr).toContain("x?[2J.strace:1:1: error[");
    expect(stderr).not.toContain("\x1b");
  });
});

it("says of a name that is not UTF-8 how its file can be read", () => {
  copyFileSync(shipped, file("plain.mmtrace"));
  const odd = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([255])]);
  renameSync(file("plain.mmtrace"), odd);
  const main = join(root, "dist/cli/main.js");
  const script = `node '${main}' verify '${folder}/'$'\\xff' 2>&1; node '${main}' verify - < '${folder}/'$'\\xff'`;
  const told = execFileSync("bash", ["-c", script], { encoding: "utf8" });
  expect(told).toContain("hint: a name that is not UTF-8 cannot be given; read the file from");
  expect(told).toMatch(/^vfio-bar-256m-7\.3 +linux-7\.3/m);
});

describe("a trace on standard output", () => {
  it("is told as such", () => {
    const { stderr, code } = mmreplay(["import", shipped, "-o", "-"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^standard output: 20 events, /);
  });

  it.each(["import", "trace anonymize"])("ends %s quietly where nobody reads on", (command) => {
    const main = join(root, "dist/cli/main.js");
    const script = `set -o pipefail; node '${main}' ${command} -q '${shipped}' -o - 2>&1 >&3 | cat`;
    const told = execFileSync("bash", ["-c", `{ ${script}; } 3> >(exec <&-; sleep 1)`], {
      encoding: "utf8",
    });
    expect(told).toBe("");
  });
});
