/** Which architectures there are. */

import { type Registry, registry } from "../registry.ts";
import { arm64_4k, arm64_16k, arm64_64k } from "./arm64.ts";
import { riscv64Sv39, riscv64Sv48, riscv64Sv57 } from "./riscv64.ts";
import type { Arch } from "./types.ts";
import { variantOf } from "./variant.ts";
import { i386, x86_64, x86_64La57 } from "./x86-64.ts";

export const archs: Registry<Arch> = registry("arch", [
  x86_64,
  x86_64La57,
  i386,
  arm64_4k,
  arm64_16k,
  arm64_64k,
  riscv64Sv39,
  riscv64Sv48,
  riscv64Sv57,
]);

/** An architecture by `id` or `id:contpte=on,contpmd=off`: which leaf sizes Linux uses for what. */
export function parseArch(text: string): Arch {
  const colon = text.indexOf(":");
  if (colon < 0) return archs.get(text);
  return variantOf(archs.get(text.slice(0, colon)), text.slice(colon + 1));
}
