/** What does `mmreplay lab` say when QEMU or a kernel does not do what it should? A script stands in the place of QEMU. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { type Finished, mmreplay, root } from "../support/cli.ts";

const folder: string = mkdtempSync(join(tmpdir(), "mmreplay-lab-"));
const bin: string = join(folder, "bin");
const temporary: string = join(folder, "tmp");
const image: string = join(folder, "bzImage");
const trace = "traces/redis-ext4.mmtrace";
/** What Linux 7.3.4 (Debian) wrote when it was asked for the calls of that trace. */
const recorded: string = fileURLToPath(new URL("linux-7.3.console", import.meta.url));

/** And for those of this one, with vfio-pci and its modules. */
const vfioTrace = "traces/vfio-bar-2g-7.3.mmtrace";
const vfioRecorded: string = fileURLToPath(new URL("linux-7.3-vfio.console", import.meta.url));

const env: Readonly<Record<string, string>> = {
  PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`,
  TMPDIR: temporary,
};

/** Let QEMU do this; `$*` are its arguments. */
function qemu(script: string): void {
  const path = join(bin, "qemu-system-x86_64");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

const labOf = (path: string, ...more: readonly string[]): Finished =>
  mmreplay(["lab", "--kernel", image, path, ...more], undefined, env);
const lab = (...more: readonly string[]): Finished => labOf(trace, ...more);

beforeEach(() => {
  rmSync(bin, { recursive: true, force: true });
  for (const path of [bin, temporary]) mkdirSync(path, { recursive: true });
  const head = Buffer.alloc(4096);
  head.write("HdrS", 0x202);
  head.writeUInt8(1, 0x236);
  writeFileSync(image, head);
});

afterAll(() => rmSync(folder, { recursive: true }));

const built = existsSync(join(root, "native/prebuilt/mmreplay-live-x86_64"));
const title = `lab${built ? "" : " (skipped: the caller is not built for x86_64)"}`;

describe.skipIf(!built)(title, () => {
  it("holds the policy of the guest's kernel against its answers", () => {
    qemu(`cat ${recorded}; exec sleep 60`);
    const { code, stdout, stderr } = lab("--format", "json");
    expect(stderr).toMatch(
      /^170 calls on Linux 7\.3\.4\+deb13-amd64, booted in QEMU \((kvm|tcg)\)\n/,
    );
    const { recordings, total } = JSON.parse(stdout);
    expect(recordings[0].policy).toBe("linux-7.3");
    expect(total).toMatchObject({
      placements: { total: 59, exact: 59 },
      vmas: { total: 111, exact: 111 },
    });
    expect(code).toBe(0);
  });

  it("ends with 3 where another policy places otherwise, and keeps the recording where it is told to", () => {
    qemu(`cat ${recorded}`);
    const kept = join(folder, "kept");
    const { code, stdout } = lab("--policy", "linux-6.1", "-o", kept, "-q");
    expect(stdout).toMatch(/linux-6\.1 .*divergence/s);
    expect(code).toBe(3);
    const meta = JSON.parse(readFileSync(join(kept, "meta.json"), "utf8"));
    expect(meta).toMatchObject({
      kernel: expect.stringMatching(/^Linux 7\.3\.4\+deb13-amd64 #1 SMP .* x86_64$/),
      recorder: "mmreplay lab 1",
      aslr: true,
    });
  });

  it("says where the calls do not tell a policy from that of the kernel", () => {
    qemu(`cat ${recorded}`);
    const same = "these calls do not tell vfio-thp from linux-7.3: both give every answer\n";
    expect(lab("--policy", "vfio-thp")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(same),
    });
    expect(lab("--policy", "linux-7.3").stderr).not.toContain("do not tell");
    expect(lab("--policy", "linux-6.1").stderr).not.toContain("do not tell");
  });

  it("holds a policy about devices against what a device got", () => {
    qemu(`cat ${vfioRecorded}`);
    const own = labOf(vfioTrace, "--format", "json");
    expect(JSON.parse(own.stdout).total).toMatchObject({
      placements: { total: 10, exact: 10 },
      vmas: { total: 30, exact: 30 },
    });
    expect(own.stderr).not.toContain("devices");
    const proposed = labOf(vfioTrace, "--policy", "vfio-thp");
    expect(proposed).toMatchObject({ code: 3, stdout: expect.stringMatching(/vfio-thp .* 5\/10/) });
  });

  it("gives QEMU a device of the size that is mapped, and an IOMMU", () => {
    qemu(`echo "$*" > ${folder}/words; cat ${vfioRecorded}`);
    labOf(vfioTrace, "-q");
    const words = readFileSync(join(folder, "words"), "utf8");
    expect(words).toContain(
      `-device intel-iommu,aw-bits=48 -device pci-testdev,membar=${2 ** 31} `,
    );
    expect(words).toContain("intel_iommu=on");
    const packed = join(folder, "vfio.ko.xz");
    writeFileSync(packed, "\xfd7zXZ");
    expect(labOf(vfioTrace, "--modules", packed)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/vfio\.ko\.xz: error\[lab\/not-a-module\].*\nhint: .*xz -dk/),
    });
  });

  it("gives QEMU the image, the initramfs and no disk or network", () => {
    qemu(`echo "$*" > ${folder}/words; head -c 6 /dev/fd/3 > ${folder}/archive; cat ${recorded}`);
    lab("--memory", "256", "-q");
    const words = readFileSync(join(folder, "words"), "utf8");
    expect(words).toContain(`-kernel ${image} -initrd /dev/fd/3 -append console=ttyS0`);
    expect(words).toContain("-nodefaults");
    expect(words).toContain("-m 256M");
    expect(readFileSync(join(folder, "archive"), "utf8")).toBe("070701");
  });

  it.each([
    [
      "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
      "CONFIG_BLK_DEV_INITRD",
    ],
    ["Kernel panic - not syncing: System is deadlocked on memory", "--memory 4096"],
    ["mmreplay: Function not implemented (os error 38)", "CONFIG_MEMFD_CREATE"],
    ["BUG: kernel NULL pointer dereference", "qemu-system-x86_64 -kernel"],
  ])("shows the last lines of a kernel that ends early: %s", (line, hint) => {
    qemu(`printf 'Linux version 7.3\\r\\n\\033[0m%s\\r\\n' '${line}'`);
    const { code, stderr } = lab();
    expect(stderr).toContain("error[lab/ended-early]: the kernel ended before it gave an answer");
    expect(stderr).toContain(`\n  | Linux version 7.3\n  | ${line}\n`);
    expect(stderr).toContain(hint);
    expect(code).toBe(1);
  });

  it("takes an answer that is cut for none", () => {
    qemu(`head -c 9000 ${recorded}`);
    const { code, stderr } = lab();
    expect(stderr).toContain("error[lab/ended-early]");
    expect(stderr).toContain("\n  | [    5.195223] Run /init as init process\nhint: ");
    expect(code).toBe(1);
  });

  it("gives up a kernel that takes too long, or says nothing", () => {
    qemu("echo Linux version 7.3; exec sleep 60");
    expect(lab("--timeout", "1").stderr).toMatch(
      /lab\/timeout\]: .* within 1 seconds; its last lines:\n {2}\| Linux version 7\.3\nhint: .*--timeout 900/,
    );
    qemu("exec sleep 60");
    expect(lab("--timeout", "1").stderr).toMatch(/hint: .*CONFIG_SERIAL_8250_CONSOLE=y/);
    qemu("exit 0");
    expect(lab().stderr).toMatch(
      /wrote nothing on its console\nhint: .*CONFIG_SERIAL_8250_CONSOLE=y/,
    );
  });

  it("emulates where KVM does not work", () => {
    qemu(
      `case "$*" in *kvm*) echo "failed to set MSR 0x10a" >&2; kill -ABRT $$;; esac; cat ${recorded}`,
    );
    expect(lab()).toMatchObject({ code: 0, stderr: expect.stringContaining("QEMU (tcg)") });
    qemu(
      `case "$*" in *kvm*) echo Linux version; echo "KVM internal error. Suberror: 1" >&2; exec sleep 60;; esac; cat ${recorded}`,
    );
    expect(lab()).toMatchObject({ code: 0, stderr: expect.stringContaining("QEMU (tcg)") });
  });

  it("says what QEMU says, and where QEMU comes from", () => {
    qemu("echo 'qemu: could not load kernel' >&2; exit 1");
    expect(lab().stderr).toMatch(
      /lab\/qemu-failed\]: .*\n {2}\| qemu: could not load kernel\nhint: /,
    );
    rmSync(join(bin, "qemu-system-x86_64"));
    const { code, stderr } = mmreplay(["lab", "--kernel", image, trace], undefined, {
      ...env,
      PATH: bin,
    });
    expect(stderr).toMatch(/lab\/no-qemu\]: .*\nhint: .*apt-get install qemu-system-x86\)/);
    expect(code).toBe(1);
  });

  it("leaves neither a process nor a file", async () => {
    const pid = join(folder, "pid");
    qemu(`echo $$ > ${pid}; exec sleep 60`);
    const main = join(root, "dist/cli/main.js");
    const child: ChildProcess = spawn(process.execPath, [main, "lab", "--kernel", image, trace], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: "ignore",
    });
    while (!existsSync(pid) || readFileSync(pid, "utf8") === "") await after(20);
    child.kill("SIGTERM");
    const [, signal] = await once(child, "exit");
    expect(signal).toBe("SIGTERM");
    const stat = `/proc/${readFileSync(pid, "utf8").trim()}/stat`;
    const isGone = (): boolean => !existsSync(stat) || / Z /.test(readFileSync(stat, "utf8"));
    while (!isGone()) await after(20);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe("an image that cannot be booted", () => {
  it("is refused before anything runs", () => {
    qemu(`touch ${folder}/ran`);
    writeFileSync(image, "0 mmap(NULL, 4096)");
    expect(lab()).toMatchObject({ code: 1, stderr: expect.stringContaining("lab/not-a-kernel") });
    const missing = mmreplay(["lab", "--kernel", join(folder, "nothing"), trace]);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("io/missing") });
    const inside = mmreplay(["lab", "--kernel", folder, trace]);
    expect(inside).toMatchObject({ code: 1, stderr: expect.stringContaining("this is a folder") });
    expect(mmreplay(["lab", trace])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("kernel"),
    });
    expect(lab("--timeout", "soon")).toMatchObject({ code: 2 });
    expect(lab("--memory", "1")).toMatchObject({ code: 2 });
    expect(existsSync(join(folder, "ran"))).toBe(false);
  });
});
