/** What the files are called that `import` writes, where it is given several recordings or a folder of them. */

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mmreplay } from "../support/cli.ts";

let folder = "";
const log = (pages: number): string =>
  `7 brk(NULL) = 0x9000\n7 mmap(NULL, ${pages * 4096}, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000\n`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mmreplay-import-"));
  for (const name of ["x", "y", "d/sub"]) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "x/a.txt"), log(1));
  writeFileSync(join(folder, "x/b.txt"), log(2));
  writeFileSync(join(folder, "y/a.txt"), log(3));
  writeFileSync(join(folder, "d/sub/a.txt"), log(4));
  writeFileSync(join(folder, "d/sub/b.txt"), log(5));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("several recordings", () => {
  it.each([
    ["files", ["x/a.txt", "x/b.txt"], ["a", "b"]],
    ["files of one name", ["x/a.txt", "y/a.txt"], ["x-a", "y-a"]],
    ["those of a folder", ["x"], ["x:a", "x:b"]],
    ["those of a folder in a folder", ["d"], ["d:sub-a", "d:sub-b"]],
  ])("are called after them, in their order: %s", (_, given, called) => {
    const { code, stderr } = mmreplay(["import", ...given], undefined, {}, folder);
    expect(stderr).not.toContain("error");
    expect(code).toBe(0);
    const told = [...stderr.matchAll(/^(\S+)\.mmtrace: 4 events/gm)].map(([, name]) => name);
    expect(told).toEqual(called);
    for (const name of called) expect(existsSync(join(folder, `${name}.mmtrace`))).toBe(true);
  });
});
