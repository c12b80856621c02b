/** Cloud Hypervisor's own alignment of device memory, for programs that do not do it. */

import { dispatch } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { powerAbove } from "./shapes.ts";
import type { Policy } from "./types.ts";

/** Bytes. */
const most = 2 ** 30;

export const cloudHypervisorOverMap: Policy = {
  id: "cloud-hypervisor-over-map",
  summary: "the program aligns each part of a BAR to its length rounded up, at most 1 GiB",
  kernel: "Cloud Hypervisor pci/src/mmap.rs",
  source:
    "https://github.com/cloud-hypervisor/cloud-hypervisor/pull/8435, June 2026: Align VFIO HVA to a huge page boundary",
  profile: rules73.profile,
  searches: (request, target) => dispatch(request, target, rules73),
  reserves: ({ kind, pages }, { pageBytes }) => {
    if (kind !== "vfio" || pages === 1) return undefined;
    const align = Math.min(powerAbove(pages), most / pageBytes);
    return { pages: pages + align, align, offset: 0, guard: 0 };
  },
};
