/** VFIO device files get the THP hook, as ext4 and xfs have it. */

import { dispatch, thp } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import type { Policy } from "./types.ts";

export const vfioThp: Policy = {
  id: "vfio-thp",
  summary: "VFIO mappings are PMD-aligned by file offset, whatever their length",
  kernel: "drivers/vfio/vfio_main.c vfio_device_fops.get_unmapped_area = thp_get_unmapped_area",
  source:
    "Pighin, [PATCH] vfio: Request THP-aligned mmap for device fds, 16 June 2026, https://lkml.iu.edu/hypermail/linux/kernel/2606.2/01613.html",
  profile: rules73.profile,
  searches: (request, target) =>
    request.kind === "vfio" ? thp(request, target, rules73) : dispatch(request, target, rules73),
};
