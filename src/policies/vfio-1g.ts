/** A laboratory hook for VFIO device files: congruent to the file offset modulo 1 GiB or 2 MiB, by length alone. */

import { dispatch } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { pfnSizes, plain } from "./shapes.ts";
import type { Policy } from "./types.ts";

/** Differs from thp_get_unmapped_area(): no whole block is asked for, and a congruent answer stays where it is. */
export const vfio1g: Policy = {
  id: "vfio-1g",
  summary: "VFIO mappings of a PUD or more are PUD-congruent, of a PMD or more PMD-congruent",
  kernel:
    "drivers/vfio/vfio_main.c vfio_device_fops.get_unmapped_area, a function of the laboratory",
  source: "7.3.4 with a rebuilt vfio module, run against that kernel",
  profile: rules73.profile,
  searches: (request, target) => {
    const { kind, pages, pgoff } = request;
    if (kind !== "vfio") return dispatch(request, target, rules73);
    const size = pfnSizes(target).find((leaf) => leaf <= pages);
    if (size === undefined) return [plain];
    const finish = { kind: "up", mask: size - 1, offset: pgoff } as const;
    return [{ pages: pages + size, finish }, plain];
  },
};
