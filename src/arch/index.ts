/** Which architectures there are. */

import { type Registry, registry } from "../registry.ts";
import { arm64_4k, arm64_16k, arm64_64k } from "./arm64.ts";
import { riscv64Sv39, riscv64Sv48, riscv64Sv57 } from "./riscv64.ts";
import type { Arch } from "./types.ts";
import { x86_64, x86_64La57 } from "./x86-64.ts";

export const archs: Registry<Arch> = registry("arch", [
  x86_64,
  x86_64La57,
  arm64_4k,
  arm64_16k,
  arm64_64k,
  riscv64Sv39,
  riscv64Sv48,
  riscv64Sv57,
]);
