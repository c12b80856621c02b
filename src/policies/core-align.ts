/** The mm core aligns by length alone: one more search with a mask before the ordinary ones, and no hooks of files. */

import { coreParameters, coreSizes, isCovered } from "./core-sizes.ts";
import { dispatch } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { answered, openParameters } from "./open-questions.ts";
import { oneOf, parameterised } from "./parameters.ts";
import { align, plain } from "./shapes.ts";
import type { Policy } from "./types.ts";

const parameters = {
  ...coreParameters,
  ...openParameters,
  mask: oneOf("mask of size less a page, or less one byte", ["s-p", "s-1"]),
};

export const coreAlign: Policy = parameterised(
  {
    id: "core-align",
    summary: "the mm core aligns to the largest level that is no longer than the mapping",
    kernel: "arch_get_unmapped_area_topdown, generic_get_unmapped_area_topdown",
    source:
      "Wilcox, Re: [PATCH] vfio: Request THP-aligned mmap for device fds, 17 June 2026, as quoted in https://lkml.iu.edu/hypermail/linux/kernel/2606.2/05173.html; no code",
    profile: rules73.profile,
    parameters,
  },
  (settings) => (request, target) => {
    if (!isCovered(request, settings)) return dispatch(request, target, rules73);
    const room = settings.mask === "s-1" ? { startGap: 1 } : {};
    const sizes = coreSizes(request, target, settings);
    const aligned = sizes.map((size) => ({ ...align(size, request.pgoff), ...room }));
    return answered([...aligned, plain], settings, request, target);
  },
);
