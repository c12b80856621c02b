/** As core-align, but a gap need only hold the aligned range: the search does not ask for the mask in addition. */

import { coreParameters, coreSizes, isCovered } from "./core-sizes.ts";
import { dispatch } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { answered, openParameters } from "./open-questions.ts";
import { parameterised } from "./parameters.ts";
import { align, plain } from "./shapes.ts";
import type { Policy } from "./types.ts";

export const exactAligned: Policy = parameterised(
  {
    id: "exact-aligned",
    summary: "as core-align, and an aligned hole of just the length is found",
    kernel: "mm/vma.c unmapped_area_topdown, testing each gap for the aligned range itself",
    source: "kernel-wide search of an exact fit in place of length + mask; no code",
    profile: rules73.profile,
    parameters: { ...coreParameters, ...openParameters },
  },
  (settings) => (request, target) => {
    if (!isCovered(request, settings)) return dispatch(request, target, rules73);
    const sizes = coreSizes(request, target, settings);
    const exact = { exact: true } as const;
    const aligned = sizes.map((size) => ({ ...align(size, request.pgoff), ...exact }));
    return answered([...aligned, plain], settings, request, target);
  },
);
