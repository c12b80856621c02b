/** What a kernel image answers to the calls of a program, booted for that alone. */

import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { callerFor } from "../live/caller.ts";
import { answersIn, type LiveRun, recordingOf } from "../live/recording.ts";
import { liveTable } from "../live/table.ts";
import type { Program } from "../resolve/program.ts";
import { filesOn } from "./console.ts";
import { earlyEnd } from "./early-end.ts";
import { guestMachine, initramfs, outputIn } from "./guest.ts";
import { hardwareOf, headBytes } from "./image.ts";
import { type Ended, runGuest } from "./qemu.ts";

export interface LabOptions {
  /** Path of the image. */
  readonly kernel: string;
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

function headOf(path: string): Uint8Array {
  const head = new Uint8Array(headBytes);
  const file = openSync(path, "r");
  try {
    return head.subarray(0, readSync(file, head));
  } finally {
    closeSync(file);
  }
}

const mebibyte = 2 ** 20;

/** MiB of a kernel with the debugging of distributions, and what rows become: archive, file, two copies, answers. */
const memoryFor = (archive: Uint8Array): number =>
  1024 + Math.ceil((8 * archive.length) / mebibyte);

/** Make the calls of a program's busiest process in a kernel image; throws `lab/...` or `live/not-built`. */
export async function labRecording(program: Program, options: LabOptions): Promise<LabRun> {
  const { kernel, timeout } = options;
  const hardware = hardwareOf(headOf(kernel), kernel);
  const table = liveTable(program);
  const root = initramfs(readFileSync(callerFor(hardware)), table);
  const memory = options.memory ?? memoryFor(root);
  const guest = { hardware, kernel, initramfs: root, memory, timeout };
  const ended = await runGuest(guest);
  const files = filesOn(ended.console);
  const made = files && answersIn(outputIn(files), table);
  if (files === undefined || made === undefined) throw earlyEnd(guest, ended);
  const machine = guestMachine(hardware, files);
  const run = recordingOf(table, made, { command: "lab", program: program.name, machine });
  const release = machine.read("/proc/sys/kernel/osrelease") ?? new Uint8Array(0);
  return { run, accelerator: ended.accelerator, release: Buffer.from(release).toString().trim() };
}
