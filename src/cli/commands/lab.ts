/** `mmreplay lab --kernel IMAGE TRACE`: the same calls in a booted kernel image, and whether a model gives the same answers. */

import { statSync } from "node:fs";
import type { CommandModule } from "yargs";
import { MmreplayError } from "../../errors.ts";
import { labRecording } from "../../lab/run.ts";
import { locate } from "../io.ts";
import { type CallsArguments, callsOptions, holdCalls } from "../made-calls.ts";
import { checkWhole } from "../whole-number.ts";

interface Arguments extends CallsArguments {
  readonly kernel: string;
  readonly modules: string | undefined;
  readonly memory: number | undefined;
  readonly timeout: number;
}

function checkKernel(kernel: string): void {
  const about = statSync(kernel, { throwIfNoEntry: false });
  if (about?.isDirectory() === false) return;
  const [code, message] =
    about === undefined
      ? ["io/missing", "no such kernel image"]
      : ["lab/not-a-kernel", "this is a folder, not a kernel image"];
  throw new MmreplayError(code, message, {
    at: { file: kernel },
    hint: "of a kernel build give arch/x86/boot/bzImage, arch/arm64/boot/Image or arch/riscv/boot/Image",
  });
}

function check({ kernel, memory, timeout }: Arguments): void {
  checkKernel(kernel);
  checkWhole("timeout", timeout, {
    what: "a number of seconds",
    least: 1,
    most: 86_400,
    hint: "give a whole number: --timeout 600",
  });
  if (memory !== undefined)
    checkWhole("memory", memory, {
      what: "a number of MiB",
      least: 64,
      hint: "give a whole number: --memory 4096",
    });
}

async function run(args: Arguments): Promise<void> {
  check(args);
  const modules = args.modules?.split(",") ?? [];
  for (const path of modules) locate(path);
  await holdCalls(args, async (program) => {
    const { run, accelerator, release } = await labRecording(program, { ...args, modules });
    return { run, where: `on Linux ${release}, booted in QEMU (${accelerator})` };
  });
}

export const labCommand: CommandModule<object, Arguments> = {
  command: "lab <trace>",
  describe: "make a trace's calls in a booted kernel image, and hold a policy against the answers",
  builder: {
    kernel: {
      type: "string",
      demandOption: true,
      describe: "bzImage of x86-64, Image of arm64 or riscv64; QEMU boots it",
    },
    modules: {
      type: "string",
      describe: "modules to load, separated by commas: those of vfio-pci, for calls on devices",
    },
    ...callsOptions,
    memory: { type: "number", describe: "of the guest, in MiB; default: about 1024" },
    timeout: { type: "number", default: 300, describe: "seconds until the boot is given up" },
  },
  handler: run,
};
