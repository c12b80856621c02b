/** Which QEMU machine runs images of each kind, and where its console is. */

import type { Hardware } from "./image.ts";

export interface LabMachine {
  readonly qemu: string;
  /** Debian's package of it. */
  readonly package: string;
  readonly arguments: readonly string[];
  /** What the kernel is told, its console first. */
  readonly boot: string;
  /** What the kernel needs for that console, of its configuration. */
  readonly config: string;
}

/** The CPU is the most that the accelerator can do. Of x86, a busy host must not make the guest mistrust its timer. */
export const labMachines: Readonly<Record<Hardware, LabMachine>> = {
  x86_64: {
    qemu: "qemu-system-x86_64",
    package: "qemu-system-x86",
    arguments: ["-machine", "q35", "-cpu", "max"],
    boot: "console=ttyS0 earlyprintk=ttyS0 no_timer_check",
    config: "CONFIG_SERIAL_8250_CONSOLE=y",
  },
  aarch64: {
    qemu: "qemu-system-aarch64",
    package: "qemu-system-arm",
    arguments: ["-machine", "virt,gic-version=max", "-cpu", "max"],
    boot: "console=ttyAMA0 earlycon",
    config: "CONFIG_SERIAL_AMBA_PL011_CONSOLE=y",
  },
  riscv64: {
    qemu: "qemu-system-riscv64",
    package: "qemu-system-misc",
    arguments: ["-machine", "virt", "-cpu", "max"],
    boot: "console=ttyS0 earlycon",
    config: "CONFIG_SERIAL_8250_CONSOLE=y and CONFIG_SERIAL_OF_PLATFORM=y",
  },
};
