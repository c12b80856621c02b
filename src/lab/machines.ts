/** Which QEMU machine runs images of each kind, and where its console is. */

import type { Hardware } from "./image.ts";

export interface LabMachine {
  readonly qemu: string;
  /** Debian's package of it. */
  readonly package: string;
  readonly machine: string;
  /** What the kernel is told, its console first. */
  readonly boot: string;
  /** What gives a device to user space: arguments of the machine, devices, boot options. */
  readonly iommu: {
    readonly machine: string;
    readonly arguments: readonly string[];
    readonly boot: string;
  };
  /** What the kernel needs for that console, of its configuration. */
  readonly config: string;
}

/** The CPU is the most that the accelerator can do. Of x86, a busy host must not make the guest mistrust its timer. */
export const labMachines: Readonly<Record<Hardware, LabMachine>> = {
  x86_64: {
    qemu: "qemu-system-x86_64",
    package: "qemu-system-x86",
    machine: "q35",
    boot: "console=ttyS0 earlyprintk=ttyS0 no_timer_check",
    iommu: {
      machine: ",kernel-irqchip=split",
      arguments: ["-device", "intel-iommu,aw-bits=48"],
      boot: " intel_iommu=on",
    },
    config: "CONFIG_SERIAL_8250_CONSOLE=y",
  },
  aarch64: {
    qemu: "qemu-system-aarch64",
    package: "qemu-system-arm",
    machine: "virt,gic-version=max",
    boot: "console=ttyAMA0 earlycon",
    iommu: { machine: ",iommu=smmuv3", arguments: [], boot: "" },
    config: "CONFIG_SERIAL_AMBA_PL011_CONSOLE=y",
  },
  riscv64: {
    qemu: "qemu-system-riscv64",
    package: "qemu-system-misc",
    machine: "virt",
    boot: "console=ttyS0 earlycon",
    iommu: { machine: "", arguments: [], boot: "" },
    config: "CONFIG_SERIAL_8250_CONSOLE=y and CONFIG_SERIAL_OF_PLATFORM=y",
  },
};
