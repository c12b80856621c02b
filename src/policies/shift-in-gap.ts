/** The first gap that is long enough is taken, and the mapping shifted in it to alignment if that leaves it room. */

import type { Attempt } from "../arch/types.ts";
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
  fits: oneOf("block: a whole block at this offset; length: any offset", ["block", "length"]),
  misses: oneOf("where the shift leaves no room: stay there unaligned, or go on to the next gap", [
    "stay",
    "next",
  ]),
};

export const shiftInGap: Policy = parameterised(
  {
    id: "shift-in-gap",
    summary: "nothing is padded: the mapping is shifted inside the first gap that is long enough",
    kernel: "mm/vma.c unmapped_area_topdown, followed by a shift",
    source:
      "FreeBSD sys/vm/vm_map.c vm_map_find and pmap_align_superpage, which go on to the next gap (misses=next), from the top",
    profile: rules73.profile,
    parameters,
  },
  (settings) => (request, target) => {
    if (!isCovered(request, settings)) return dispatch(request, target, rules73);
    const { pgoff } = request;
    const sizes = coreSizes(request, target, settings);
    const [size] = sizes;
    const shifted = (mask: number): Attempt => ({ finish: { kind: "shift", mask, offset: pgoff } });
    const attempts =
      settings.misses === "next"
        ? sizes.map((one) => ({ ...align(one, pgoff), exact: true as const }))
        : [size !== undefined && shifted(size - 1)];
    return answered([...attempts, plain], settings, request, target);
  },
);
