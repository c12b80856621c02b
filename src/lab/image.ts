/** Which machine a kernel image is for, by its header. */

import { MmreplayError } from "../errors.ts";

/** As uname says it. */
export type Hardware = "x86_64" | "aarch64" | "riscv64";

/** Bytes of an image that tell: the x86 setup header ends before them. */
export const headBytes = 1024;

/** Boot flags at 0x236 of the x86 header (Documentation/arch/x86/boot.rst): the kernel has a 64-bit entry. */
const xloadflags = 0x236;

interface Shape {
  readonly at: number;
  readonly magic: string;
  /** What to boot, or why this cannot be booted. */
  readonly hardware?: Hardware;
  readonly not?: string;
}

/**
 * Headers of Documentation/arch/{x86/boot,arm64/booting,riscv/boot-image-header}.rst, and of files that are often taken for
 * an image. Images of arm64 and riscv64 begin like a Windows program too, so that comes last.
 */
const shapes: readonly Shape[] = [
  { at: 0x202, magic: "HdrS", hardware: "x86_64" },
  { at: 56, magic: "ARM\x64", hardware: "aarch64" },
  { at: 56, magic: "RSC\x05", hardware: "riscv64" },
  { at: 4, magic: "zimg", not: "an image that unpacks itself under EFI" },
  { at: 0, magic: "\x7fELF", not: "an ELF file, as vmlinux is" },
  { at: 0, magic: "\x1f\x8b", not: "packed by gzip" },
  { at: 0, magic: "(\xb5/\xfd", not: "packed by zstd" },
];

const remedy =
  "give arch/x86/boot/bzImage, arch/arm64/boot/Image or arch/riscv/boot/Image of a kernel build, or a distribution's vmlinuz";

/** The machine of an image whose first `headBytes` these are; throws `lab/not-a-kernel`. */
export function hardwareOf(head: Uint8Array, file: string): Hardware {
  const text = Buffer.from(head).toString("latin1");
  const shape = shapes.find(({ at, magic }) => text.startsWith(magic, at));
  const narrow = shape?.hardware === "x86_64" && (head[xloadflags] ?? 0) % 2 === 0;
  if (shape?.hardware !== undefined && !narrow) return shape.hardware;
  const what = narrow ? "a 32-bit kernel" : (shape?.not ?? "of no kind that is known");
  throw new MmreplayError("lab/not-a-kernel", `no kernel image that can be booted: it is ${what}`, {
    at: { file },
    hint: remedy,
  });
}
