/** Does a guest find its files, and is it asked for all that decides where mappings go? */

import { describe, expect, it } from "vitest";
import { archive } from "../../src/lab/cpio.ts";
import { guestMachine, initramfs, wanted } from "../../src/lab/guest.ts";
import { machineFiles } from "../../src/record/machine.ts";

interface Unpacked {
  readonly mode: string;
  readonly device: string;
  readonly text: string;
}

/** The format as the kernel reads it: heads of 110 characters, names and contents up to the next multiple of four. */
function unpacked(whole: Uint8Array): ReadonlyMap<string, Unpacked> {
  const text = Buffer.from(whole).toString("latin1");
  const files = new Map<string, Unpacked>();
  for (let at = 0; ; ) {
    expect(text.slice(at, at + 6)).toBe("070701");
    const field = (index: number): number =>
      Number.parseInt(text.slice(at + 6 + 8 * index, at + 14 + 8 * index), 16);
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const name = text.slice(at + 110, at + 109 + nameSize);
    const start = Math.ceil((at + 110 + nameSize) / 4) * 4;
    if (name === "TRAILER!!!") return files;
    files.set(name, {
      mode: mode.toString(8),
      device: `${field(9)}:${field(10)}`,
      text: text.slice(start, start + size),
    });
    at = Math.ceil((start + size) / 4) * 4;
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The head of a 64-bit ELF file with one program header of the type. */
function elf(type: number): Uint8Array {
  const file = new DataView(new ArrayBuffer(128));
  file.setUint32(32, 64, true);
  file.setUint16(54, 56, true);
  file.setUint16(56, 1, true);
  file.setUint32(64, type, true);
  return new Uint8Array(file.buffer);
}

describe("an archive", () => {
  it("holds folders, devices, and files of any length", () => {
    const files = unpacked(
      archive([
        { path: "dev", mode: 0o040755 },
        { path: "dev/console", mode: 0o020600, device: [5, 1] },
        ...[0, 1, 2, 3, 4, 5].map((length) => ({
          path: `file-${"x".repeat(length)}`,
          mode: 0o100644,
          bytes: bytes("y".repeat(length)),
        })),
      ]),
    );
    expect([...files.keys()].slice(0, 3)).toEqual(["dev", "dev/console", "file-"]);
    expect(files.get("dev/console")).toEqual({ mode: "20600", device: "5:1", text: "" });
    for (const [name, { text }] of files)
      if (name.startsWith("file-")) expect(text.length).toBe(name.length - 5);
  });
});

describe("an initramfs", () => {
  const rows = new Float64Array([1, 2, 0, 0, 4096, 3, 34, -1]);
  const table = { rows, left: new Map(), deviceBytes: 0 };
  const modules = ["vfio.ko", "vfio-pci.ko"].map((name) => ({ name, bytes: bytes(name) }));

  it("holds the caller, its rows and what it is to send", () => {
    const files = unpacked(initramfs(elf(1), table, modules));
    expect([...files.keys()]).toEqual(
      ["dev", "dev/console", "proc", "sys", "init", "table", "wanted"], //
    );
    expect(files.get("init")?.mode).toBe("100755");
    expect(files.get("table")?.text.length).toBe(64);
    expect(files.get("wanted")?.text.split("\n")).toEqual(wanted);
  });

  it("holds modules in their order for a trace that maps a device", () => {
    const files = unpacked(initramfs(elf(1), { ...table, deviceBytes: 4096 }, modules));
    const inside = [...files].filter(([path]) => path.startsWith("modules/"));
    expect(inside.map(([path, { text }]) => [path, text])).toEqual([
      ["modules/0000-vfio.ko", "vfio.ko"],
      ["modules/0001-vfio-pci.ko", "vfio-pci.ko"],
    ]);
  });

  it("is refused for a caller that needs libraries", () => {
    const interpreter = 3;
    expect(() => initramfs(elf(interpreter), table, [])).toThrow(/needs libraries/);
  });
});

describe("a guest", () => {
  const sent: ReadonlyMap<string, Uint8Array> = new Map([
    ["/proc/self/auxv", new Uint8Array(new BigUint64Array([6n, 16384n, 0n, 0n]).buffer)],
    ["/proc/sys/kernel/osrelease", bytes("7.3.4-patched\n")],
    ["/proc/sys/kernel/version", bytes("#1 SMP\n")],
    ["/proc/self/limits", bytes("Max stack size  8388608  unlimited  bytes\n")],
    ["/sys/bus/pci/drivers/vfio-pci/0000:00:02.0/resource", bytes("0x10 0x1f 0x40200\n")],
    ["/sys/kernel/mm/transparent_hugepage/enabled", bytes("always [madvise] never\n")],
    ["/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled", bytes("[always] never\n")],
  ]);
  const circumstances = {
    recorder: { name: "mmreplay lab", version: "1" },
    recorderCommand: ["mmreplay", "lab"],
    program: ["redis"],
    pid: "self",
  } as const;

  it("is described by the files that it sent, not by this machine", () => {
    const files = machineFiles(circumstances, guestMachine("aarch64", sent));
    expect(JSON.parse(files["meta.json"] ?? "")).toMatchObject({
      kernel: "Linux 7.3.4-patched #1 SMP aarch64",
      page_size: 16384,
      stack_limit_kib: 8192,
      recorder: "mmreplay lab 1",
    });
    expect(files["pci-resources.txt"]).toBe("# 0000:00:02.0\n0x10 0x1f 0x40200\n");
    expect(files["thp.txt"]).toBe(
      "/sys/kernel/mm/transparent_hugepage/enabled always [madvise] never\n" +
        "/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled [always] never\n",
    );
  });

  it("is asked for every file that describes a machine", () => {
    const asked: string[] = [];
    const guest = guestMachine("x86_64", sent);
    machineFiles(circumstances, {
      ...guest,
      read: (path) => {
        asked.push(path);
        return guest.read(path);
      },
    });
    const patterns = wanted.map((path) => new RegExp(`^${path.replace("*", "[^/]+")}$`));
    // What is beside a kernel on a disk is not in its image.
    const onDisk = "/boot/config-7.3.4-patched";
    const missing = asked.filter((path) => !patterns.some((pattern) => pattern.test(path)));
    expect(missing).toEqual([onDisk]);
  });
});
