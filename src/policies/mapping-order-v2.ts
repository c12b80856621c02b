/** vfio-pci names one order and the mm core pads to it once, by file offset. */

import { dispatch } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { lastBar, mappingOrderParameters, orderSizes } from "./mapping-order-v1.ts";
import { parameterised } from "./parameters.ts";
import { pad, plain, vfioRegion } from "./shapes.ts";
import type { Policy } from "./types.ts";

export const mappingOrderV2: Policy = parameterised(
  {
    id: "mapping-order-v2",
    summary: "BARs of vfio-pci are padded once, to the largest leaf not longer than what is mapped",
    kernel: "drivers/vfio/pci/vfio_pci_core.c get_mapping_order, mm/mmap.c __get_unmapped_area",
    source:
      "Xu, [PATCH v2 0/4] mm/vfio: huge pfnmaps with !MAP_FIXED mappings, 4 December 2025, https://lore.kernel.org/r/20251204151003.171039-1-peterx@redhat.com",
    profile: rules73.profile,
    parameters: mappingOrderParameters,
  },
  (settings) => (request, target) => {
    const { kind, pages, pgoff, barPages, hint } = request;
    const { index, offset } = vfioRegion(request, target.arch);
    if (kind !== "vfio" || hint || index > lastBar) return dispatch(request, target, rules73);
    const room = Math.min(pages, (barPages ?? offset + pages) - offset);
    const size = orderSizes(target, settings).find((leaf) => leaf <= room);
    const above = rules73.profile.roundsAbove && target.topDown;
    return [size !== undefined && pad(pages, size, pgoff, above), plain];
  },
);
