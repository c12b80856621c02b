/** Why a guest ended without an answer, and what to do about it. */

import { MmreplayError } from "../errors.ts";
import { lastLines } from "./console.ts";
import { labMachines } from "./machines.ts";
import type { Ended, Guest } from "./qemu.ts";

/** Console lines that the message shows. */
const shown = 12;

interface Cause {
  readonly pattern: RegExp;
  readonly hint: string;
}

const causes: readonly Cause[] = [
  {
    pattern:
      /Unable to mount root fs|No working init found|Requested init .* failed|Failed to execute/,
    hint: "build the kernel with CONFIG_BLK_DEV_INITRD=y and CONFIG_BINFMT_ELF=y",
  },
  {
    pattern: /[Oo]ut of memory|deadlocked on memory|write error|Failed to allocate|Cannot allocate/,
    hint: "give the guest more memory: --memory 4096",
  },
  {
    pattern: /^mmreplay: /,
    hint: "build the kernel with CONFIG_PROC_FS=y, CONFIG_SYSFS=y and CONFIG_MEMFD_CREATE=y",
  },
];

/** The message with lines below it. */
const withLines = (message: string, lines: readonly string[]): string =>
  [message, ...lines.map((line) => `  | ${line}`)].join("\n");

/** Why QEMU itself did not boot it. */
function unbooted({ kernel, hardware }: Guest, said: string): MmreplayError {
  const { qemu } = labMachines[hardware];
  const words = said.trim().split("\n").slice(-3);
  return new MmreplayError("lab/qemu-failed", withLines(`${qemu} does not boot it`, words), {
    at: { file: kernel },
    hint: "check that the image is whole, and that there is memory for the guest: --memory 512",
  });
}

/** What to do about a guest that ended so, by its last lines. */
function hintFor(guest: Guest, { console, isLate }: Ended, lines: readonly string[]): string {
  const { qemu, config } = labMachines[guest.hardware];
  if (!Buffer.from(console).includes("Linux version"))
    return `check that the image is whole, built with ${config}, and that memory suffices: --memory 4096`;
  const cause = causes.find(({ pattern }) => lines.some((line) => pattern.test(line)));
  if (cause !== undefined) return cause.hint;
  if (isLate) return "give it more time: --timeout 900";
  return `boot it with ${qemu} -kernel IMAGE to see all that it says`;
}

/** The error for a guest that sent no answer. */
export function earlyEnd(guest: Guest, ended: Ended): MmreplayError {
  const { console, said, isLate } = ended;
  const lines = lastLines(console, shown);
  if (said !== "" && lines.length === 0 && !isLate) return unbooted(guest, said);
  const what = isLate
    ? `the kernel gave no answer within ${guest.timeout} seconds`
    : "the kernel ended before it gave an answer";
  const more = lines.length === 0 ? "it wrote nothing on its console" : "its last lines:";
  return new MmreplayError(
    isLate ? "lab/timeout" : "lab/ended-early",
    withLines(`${what}; ${more}`, lines),
    { at: { file: guest.kernel }, hint: hintFor(guest, ended, lines) },
  );
}
