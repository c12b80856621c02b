/** Does a real kernel image place the calls of a trace as its policy says? It boots in QEMU, where both are there. */

import { spawnSync } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Finished, mmreplay } from "../support/cli.ts";

const canRead = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
};

function installed(): string | undefined {
  try {
    const names = readdirSync("/boot").filter((name) => /^vmlinuz-/.test(name));
    return names.map((name) => `/boot/${name}`).find(canRead);
  } catch {
    return undefined;
  }
}

const { MMREPLAY_LAB_KERNEL: named, MMREPLAY_LAB_MODULES: modules } = process.env;
const kernel: string | undefined = named ?? installed();
const emulators: Partial<Record<NodeJS.Architecture, string>> = {
  x64: "qemu-system-x86_64",
  arm64: "qemu-system-aarch64",
};
const qemu: string | undefined = emulators[process.arch];

function obstacle(): string | undefined {
  if (kernel === undefined) return "no MMREPLAY_LAB_KERNEL, no readable /boot/vmlinuz-*";
  if (qemu === undefined) return `no machine for ${process.arch}`;
  return spawnSync(qemu, ["--version"]).error === undefined ? undefined : `no ${qemu}`;
}

const why = obstacle();

const lab = (name: string, ...more: readonly string[]): Finished =>
  mmreplay(["lab", "--kernel", kernel ?? "", `traces/${name}.mmtrace`, ...more]);

describe.skipIf(why !== undefined)(`lab${why === undefined ? "" : ` (skipped: ${why})`}`, () => {
  it.each(["redis-ext4", "qemu-10.0-vfio-7.3"])(
    "finds the calls of %s where the policy of the booted kernel puts them",
    (name) => {
      const { code, stdout, stderr } = lab(name, "--format", "json");
      expect(stderr).toMatch(/^\d+ calls on Linux \d+\.\d+.*, booted in QEMU \((kvm|tcg)\)\n/);
      const { placements, vmas } = JSON.parse(stdout).total;
      expect(placements.total).toBeGreaterThan(50);
      expect(placements.exact).toBe(placements.total);
      expect(vmas.exact).toBe(vmas.total);
      expect(code).toBe(0);
    },
    300_000,
  );

  it.skipIf(modules === undefined)(
    `finds devices there too${modules === undefined ? " (skipped: no MMREPLAY_LAB_MODULES)" : ""}`,
    () => {
      const more = ["--modules", modules ?? "", "--format", "json"];
      const { code, stdout, stderr } = lab("vfio-bar-2g-7.3", ...more);
      expect(stderr).not.toContain("devices");
      const { placements, vmas } = JSON.parse(stdout).total;
      expect(placements).toEqual({ total: 10, exact: 10 });
      expect(vmas.exact).toBe(vmas.total);
      expect(code).toBe(0);
    },
    300_000,
  );
});
