/** Which searches place shared memory: shmem_get_unmapped_area() of mm/shmem.c. */

import { modulo } from "../units.ts";
import { type Attempts, plain } from "./shapes.ts";
import type { Request, Target } from "./types.ts";

/** Sizes that the per-size controls allow for shared anonymous memory (6.11 and later). */
function controlledSizes({ shmemSizes, shmemEnabled }: Target): readonly number[] {
  const usable = (set: string) =>
    set === "always" ||
    set === "within_size" ||
    set === "advise" ||
    (set === "inherit" && shmemEnabled !== "never");
  return [...shmemSizes].filter(([, set]) => usable(set)).map(([pages]) => pages);
}

/** Pages of the huge page in force, or undefined. */
function sizeInForce(request: Request, target: Target, perSize: boolean): number | undefined {
  const { shmemEnabled, arch } = target;
  if (shmemEnabled === "deny") return undefined;
  if (shmemEnabled === "force") return arch.pmd;
  const shared = request.kind === "shared-anon" && !request.remap;
  const mount = shared ? "internal" : (request.mountHuge ?? "never");
  const sizes = shared && perSize ? controlledSizes(target) : [];
  if (sizes.length > 0) return Math.max(...sizes);
  const huge = mount === "internal" ? shmemEnabled : mount;
  return huge === "never" ? undefined : arch.pmd;
}

/**
 * A plain search; if its answer is not congruent to the file offset, one with a block less a page more, rounded up.
 * That second search passes neither file nor offset.
 */
export function shmem(request: Request, target: Target, perSize: boolean): Attempts {
  const size = sizeInForce(request, target, perSize);
  if (size === undefined || request.pages < size) return [plain];
  const offset = modulo(request.pgoff, size);
  if (offset > 0 && offset + request.pages < 2 * size) return [plain];
  const mask = size - 1;
  return [
    { finish: { kind: "test", mask, offset } },
    { pages: request.pages + mask, finish: { kind: "up", mask, offset }, file: false },
  ];
}
