/** vfio-pci computes the address itself: padded to a PUD, then to a PMD, of the BAR's own page frames. */

import { dispatch } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { answered, openParameters } from "./open-questions.ts";
import { oneOf, parameterised, type Values } from "./parameters.ts";
import { pad, pfnAndContiguousSizes, pfnSizes, plain, vfioRegion } from "./shapes.ts";
import { startPfn } from "./start-pfn.ts";
import type { Parameter, Policy, Target } from "./types.ts";

/** BARs 0 to 5: the regions that have memory of the device. */
export const lastBar = 5;

export type MappingOrderParameters = { readonly sizes: Parameter<"mapped" | "contiguous"> };

export const mappingOrderParameters: MappingOrderParameters = {
  sizes: oneOf(
    "mapped: leaf sizes that device memory can have; contiguous: all contiguous groups as well",
    ["mapped", "contiguous"],
  ),
};

/** The sizes that the series considers, largest first; pages. */
export const orderSizes = (
  target: Target,
  { sizes }: Values<MappingOrderParameters>,
): readonly number[] => (sizes === "mapped" ? pfnSizes(target) : pfnAndContiguousSizes(target));

export const mappingOrderV1: Policy = parameterised(
  {
    id: "mapping-order-v1",
    summary: "BARs of vfio-pci are padded to a PUD, then to a PMD; hints are tested padded",
    kernel: "drivers/vfio/pci/vfio_pci_core.c get_unmapped_area",
    source:
      "Xu, [PATCH 0/5] mm/vfio: huge pfnmaps with !MAP_FIXED mappings, 13 June 2025, https://lore.kernel.org/r/20250613134111.469884-1-peterx@redhat.com",
    profile: rules73.profile,
    parameters: { ...mappingOrderParameters, ...openParameters },
  },
  (settings) => (request, target) => {
    const { kind, pages, barPages = pages } = request;
    const pfn = startPfn(request, target);
    if (kind !== "vfio" || pfn === undefined || vfioRegion(request, target.arch).index > lastBar)
      return dispatch(request, target, rules73);
    const above = rules73.profile.roundsAbove && target.topDown;
    const sizes = orderSizes(target, settings).filter((size) => size <= Math.min(barPages, pages));
    const padded = sizes.map((size) => pad(pages, size, pfn, above));
    return answered([...padded, plain], settings, request, target);
  },
);
