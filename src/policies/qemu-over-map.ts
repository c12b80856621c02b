/** QEMU's own alignment, for programs that do not do it: reserve more, map over the aligned part, cut the rest off. */

import type { Arch } from "../arch/types.ts";
import { dispatch } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { count, oneOf, parameterised } from "./parameters.ts";
import { lowestBit, powerAbove, vfioRegion } from "./shapes.ts";
import type { Policy, Request, RequestKind, Reserve } from "./types.ts";

const parameters = {
  version: oneOf(
    "new: by region, its size rounded up to a power of two (3863e47828d5); old: by area, the lowest bit of its size (9.2 to 10.x)",
    ["new", "old"],
  ),
  ram: count("guest RAM too: memory of at least so many MiB, 0M: none", "0M", {
    unit: "M",
    most: 2 ** 24,
  }),
};

/** Bytes: the largest PUD that huge PFN maps have, and QEMU_VMALLOC_ALIGN. */
const most = 2 ** 30;
const ramAlign = 2 ** 21;

const memory: readonly RequestKind[] = ["anon", "shared-anon", "shmem"];

/** vfio_region_mmap() of hw/vfio/region.c. */
function region(request: Request, arch: Arch, version: "new" | "old"): Reserve {
  const { pages, barPages } = request;
  const cap = most / arch.pageBytes;
  if (version === "old") {
    const align = Math.min(lowestBit(pages), cap);
    return { pages: pages + align, align, offset: 0, guard: 0 };
  }
  const { offset } = vfioRegion(request, arch);
  const whole = barPages ?? offset + pages;
  const align = Math.min(powerAbove(whole), cap);
  return { pages: whole + align, align, offset, guard: 0 };
}

/** qemu_ram_mmap() of util/mmap-alloc.c: a page without access stays above. */
function guestRam({ pages }: Request, { pageBytes }: Arch): Reserve {
  const align = Math.max(ramAlign / pageBytes, 1);
  return { pages: pages + align, align, offset: 0, guard: 1 };
}

export const qemuOverMap: Policy = parameterised(
  {
    id: "qemu-over-map",
    summary: "the program aligns BARs itself, as QEMU does; the kernel is 7.3",
    kernel: "QEMU hw/vfio/region.c vfio_region_mmap, util/mmap-alloc.c qemu_ram_mmap",
    source: "QEMU 00b519c0bca0 (9.2: alignment by area), 3863e47828d5 (2026: by region)",
    profile: rules73.profile,
    parameters,
  },
  () => (request, target) => dispatch(request, target, rules73),
  ({ version, ram }) =>
    (request, arch) => {
      if (request.kind === "vfio") return region(request, arch, version);
      const bytes = request.pages * arch.pageBytes;
      const isRam = ram > 0 && memory.includes(request.kind) && bytes >= ram * 2 ** 20;
      return isRam ? guestRam(request, arch) : undefined;
    },
);
