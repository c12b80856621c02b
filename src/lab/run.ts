/** What a kernel image answers to the calls of a program, booted for that alone. */

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { MmreplayError } from "../errors.ts";
import { callerFor } from "../live/caller.ts";
import { answersIn, type LiveRun, recordingOf } from "../live/recording.ts";
import { liveTable } from "../live/table.ts";
import { headOf } from "../record/head.ts";
import type { Program } from "../resolve/program.ts";
import { filesOn } from "./console.ts";
import { earlyEnd } from "./early-end.ts";
import { guestMachine, initramfs, type Module, noDeviceIn, outputIn } from "./guest.ts";
import { hardwareOf, headBytes } from "./image.ts";
import { type Ended, runGuest } from "./qemu.ts";

export interface LabOptions {
  /** Path of the image. */
  readonly kernel: string;
  /** Paths of modules, in the order in which they are loaded. */
  readonly modules: readonly string[];
  /** In MiB; default: enough for a usual kernel and the table. */
  readonly memory: number | undefined;
  /** In seconds. */
  readonly timeout: number;
}

export interface LabRun {
  readonly run: LiveRun;
  readonly accelerator: Ended["accelerator"];
  /** `7.3.4-patched` */
  readonly release: string;
}

/** Throws `lab/not-a-module` for what the kernel would not load. */
function moduleAt(path: string): Module {
  const bytes = readFileSync(path);
  if (bytes.subarray(0, elf.length).equals(elf)) return { name: basename(path), bytes };
  throw new MmreplayError("lab/not-a-module", "no kernel module that can be loaded", {
    at: { file: path },
    hint: "unpack it, if it is packed: xz -dk FILE.ko.xz, zstd -dk FILE.ko.zst",
  });
}

const elf: Buffer = Buffer.from("\x7fELF", "latin1");
const mebibyte = 2 ** 20;

/** MiB of a kernel with the debugging of distributions, and what rows become: archive, file, two copies, answers. */
const memoryFor = (archive: Uint8Array): number =>
  1024 + Math.ceil((8 * archive.length) / mebibyte);

/** Make the calls of a program's busiest process in a kernel image; throws `lab/...` or `live/not-built`. */
export async function labRecording(program: Program, options: LabOptions): Promise<LabRun> {
  const { kernel, timeout } = options;
  const hardware = hardwareOf(headOf(kernel, headBytes), kernel);
  const table = liveTable(program, true);
  const modules = options.modules.map(moduleAt);
  const root = initramfs(readFileSync(callerFor(hardware)), table, modules);
  const memory = options.memory ?? memoryFor(root);
  const { deviceBytes } = table;
  const guest = { hardware, kernel, initramfs: root, deviceBytes, memory, timeout };
  const ended = await runGuest(guest);
  const files = filesOn(ended.console);
  const made = files && answersIn(outputIn(files), table);
  if (files === undefined || made === undefined) throw earlyEnd(guest, ended);
  const machine = guestMachine(hardware, files);
  const noDevice = noDeviceIn(files);
  const setting = { command: "lab", program: program.name, machine, noDevice } as const;
  const run = recordingOf(table, made, setting);
  const release = machine.read("/proc/sys/kernel/osrelease") ?? new Uint8Array(0);
  return { run, accelerator: ended.accelerator, release: Buffer.from(release).toString().trim() };
}
