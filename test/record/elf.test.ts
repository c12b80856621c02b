import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isNarrow } from "../../src/record/elf.ts";

it("knows a 32-bit program by its ELF header", () => {
  const folder = mkdtempSync(join(tmpdir(), "mmreplay-elf-"));
  const written = (name: string, bytes: string): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes, "latin1");
    return path;
  };
  expect(isNarrow(written("32", "\x7fELF\x01\x01\x01"))).toBe(true);
  expect(isNarrow(written("64", "\x7fELF\x02\x01\x01"))).toBe(false);
  expect(isNarrow(written("script", "#!/bin/sh\n"))).toBe(false);
  expect(isNarrow(written("empty", ""))).toBe(false);
  expect(isNarrow(join(folder, "missing"))).toBe(false);
  expect(isNarrow(folder)).toBe(false);
  rmSync(folder, { recursive: true });
});
