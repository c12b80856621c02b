/** How a guest runs: in QEMU, with KVM where that works, until it ends by itself, has sent everything or takes too long. */

import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, closeSync, constants, openSync, unlinkSync, writeFileSync } from "node:fs";
import { machine, tmpdir } from "node:os";
import { join } from "node:path";
import { MmreplayError } from "../errors.ts";
import { filesOn } from "./console.ts";
import type { Hardware } from "./image.ts";
import { labMachines } from "./machines.ts";

export interface Guest {
  readonly hardware: Hardware;
  /** Path of the image. */
  readonly kernel: string;
  readonly initramfs: Uint8Array;
  /** Bytes of a device for user space; 0: none. */
  readonly deviceBytes: number;
  /** In MiB. */
  readonly memory: number;
  /** In seconds. */
  readonly timeout: number;
}

export interface Ended {
  readonly accelerator: "kvm" | "tcg";
  /** Everything that the guest wrote on its console. */
  readonly console: Uint8Array;
  /** The end of what QEMU itself said. */
  readonly said: string;
  readonly isLate: boolean;
}

/** Most that a guest may write: twice the maps of 65,530 VMAs, with the answers. */
const mostConsole = 2 ** 30;
const mostSaid = 4096;

/** The last bytes that native/live sends: a file of no bytes. */
const end = "\nend 0\n\n";

/** What QEMU says when a processor of this kind cannot run under the KVM of this host; the guest then stands still. */
const stuck = /KVM internal error/;

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Let a process end with this one, until it has ended by itself. */
function endTogether(child: ChildProcess): void {
  const stop = (signal: NodeJS.Signals): void => {
    child.kill("SIGKILL");
    for (const one of signals) process.off(one, stop);
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.on(signal, stop);
  child.on("close", () => {
    for (const signal of signals) process.off(signal, stop);
  });
}

function unstartable(error: NodeJS.ErrnoException, { hardware }: Guest): MmreplayError {
  const { qemu, package: name } = labMachines[hardware];
  if (error.code !== "ENOENT")
    return new MmreplayError("lab/no-qemu", `${qemu} cannot be started (${error.message})`);
  return new MmreplayError("lab/no-qemu", `there is no ${qemu} to boot this ${hardware} kernel`, {
    hint: `install QEMU (Debian, Ubuntu: apt-get install ${name})`,
  });
}

/** A BAR has a power of two, and at least a page of any size. */
const barOf = (bytes: number): number => Math.max(65_536, 2 ** Math.ceil(Math.log2(bytes)));

function argumentsFor(guest: Guest, accelerator: Ended["accelerator"]): readonly string[] {
  const { machine, boot, iommu } = labMachines[guest.hardware];
  const hasDevice = guest.deviceBytes > 0;
  const device = ["-device", `pci-testdev,membar=${barOf(guest.deviceBytes)}`];
  const bare = ["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"];
  const size = ["-smp", "1", "-m", `${guest.memory}M`];
  const image = ["-kernel", guest.kernel, "-initrd", "/dev/fd/3"];
  // A panic ends the machine at once.
  const line = `${boot}${hasDevice ? iommu.boot : ""} panic=-1`;
  return [
    ...["-machine", `${machine}${hasDevice ? iommu.machine : ""}`, "-cpu", "max"],
    ...["-accel", accelerator, ...bare, ...size],
    ...(hasDevice ? [...iommu.arguments, ...device] : []),
    ...["-serial", "stdio", ...image, "-append", line],
  ];
}

/** Run a guest once; `file` is the open initramfs. */
function attempt(guest: Guest, accelerator: Ended["accelerator"], file: number): Promise<Ended> {
  const { qemu } = labMachines[guest.hardware];
  const child = spawn(qemu, argumentsFor(guest, accelerator), {
    stdio: ["ignore", "pipe", "pipe", file],
  });
  endTogether(child);
  const chunks: Uint8Array[] = [];
  let [bytes, last, said, isLate] = [0, "", "", false];
  const stop = (): void => {
    child.kill("SIGKILL");
  };
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, guest.timeout * 1000);
  child.stdout?.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    last = (last + chunk.subarray(-end.length).toString("latin1")).slice(-end.length);
    if (last === end || bytes > mostConsole) stop();
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-mostSaid);
    if (stuck.test(said)) stop();
  });
  return new Promise((resolve, reject) => {
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(unstartable(error, guest));
    });
    child.on("close", () => {
      clearTimeout(timer);
      resolve({ accelerator, console: Buffer.concat(chunks), said, isLate });
    });
  });
}

/** What KVM needs here: the same processor, and leave to use it. */
function mayHaveKvm({ hardware }: Guest): boolean {
  try {
    accessSync("/dev/kvm", constants.R_OK + constants.W_OK);
    return hardware === machine();
  } catch {
    return false;
  }
}

/** True if KVM ended before the kernel had begun, or stopped it on the way: nothing that the kernel did. */
function isBroken({ console, said, isLate }: Ended): boolean {
  if (stuck.test(said)) return true;
  return said !== "" && !isLate && !Buffer.from(console).includes("Linux version");
}

/** A file that no other process can open and that is gone with this one; others that get it can open it as /dev/fd/N. */
function unnamed(bytes: Uint8Array): number {
  const path = join(tmpdir(), `mmreplay-initramfs-${process.pid}`);
  try {
    const file = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    writeFileSync(file, bytes);
    return file;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MmreplayError("io/temporary-file", `the initramfs cannot be written (${why})`, {
      at: { file: tmpdir() },
      hint: "set TMPDIR to a folder on another disk",
    });
  }
}

/** Boot a guest and wait for its end; throws `lab/no-qemu` or `io/temporary-file`. */
export async function runGuest(guest: Guest): Promise<Ended> {
  const file = unnamed(guest.initramfs);
  try {
    if (mayHaveKvm(guest)) {
      const ended = await attempt(guest, "kvm", file);
      if (filesOn(ended.console) !== undefined || !isBroken(ended)) return ended;
    }
    return await attempt(guest, "tcg", file);
  } finally {
    closeSync(file);
  }
}
