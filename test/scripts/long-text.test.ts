// Is a text repeated as its recorder would have gone on, and refused where that is not known?

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { mmreplay, root } from "../support/cli.ts";

/** What the script makes of a text: as much as that, and no less than one copy. */
function long(text: string, bytes: number) {
  const folder = mkdtempSync(join(tmpdir(), "mmreplay-long-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "a.strace");
  writeFileSync(path, text);
  const args = [join(root, "scripts/long-text.mjs"), path, `${bytes / 1e6}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    timeout: 20_000,
  });
  return { status, stdout, told: stderr.replaceAll(folder, "") };
}

test("names of programs stay behind fresh ids, and children keep their parents", () => {
  const text = [
    "20<git gc> 1795352878.765822 clone(child_stack=NULL) = 21<git gc> <0.000209>",
    "21<git gc> 1795352879.000001 brk(NULL) = 0x5559e2ffe000 <0.000008>\n",
  ].join("\n");
  const { stdout } = long(text, 2 * text.length);
  expect(stdout.split("\n").slice(2, 4)).toEqual([
    "22<git gc> 1795352880.765822 clone(child_stack=NULL) = 23<git gc> <0.000209>",
    "23<git gc> 1795352881.000001 brk(NULL) = 0x5559e2ffe000 <0.000008>",
  ]);
});

test("a clock begins anew at midnight, as a reader takes it", () => {
  const text = [
    '9 23:59:57.5 execve("/bin/true", ["true"], 0x7ffd00000000 /* 4 vars */) = 0',
    "9 23:59:58.5 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000\n",
  ].join("\n");
  const { stdout } = long(text, 3 * text.length);
  const times = stdout.split("\n").map((line) => line.split(" ")[1]);
  expect(times.slice(2, 6)).toEqual(["23:59:59.5", "00:00:00.5", "00:00:01.5", "00:00:02.5"]);
  const { stderr } = mmreplay(["import", "-", "-o", "/dev/null"], stdout);
  expect(stderr).toMatch(/^ {2}time: 86397\.5\d* to 86402\.5\d* s$/m);
});

test.each([
  ["times since the line before", "9      0.000035 brk(NULL) = 0x1000\n"],
  ["no times", "9 brk(NULL) = 0x1000\n"],
  ["nothing", ""],
])("a text with %s is refused in one line", (_, text) => {
  expect(long(text, 1e6)).toEqual({
    status: 1,
    stdout: "",
    told: "/a.strace: no line has ids and times of a recorder that this knows\n",
  });
});
