/** An unaligned place is kept where the mapping merges with its neighbour; only what stands alone is aligned. */

import { coreParameters, coreSizes, isCovered } from "./core-sizes.ts";
import { dispatch } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { answered, openParameters } from "./open-questions.ts";
import { oneOf, parameterised, someOf } from "./parameters.ts";
import { pad, plain } from "./shapes.ts";
import type { Policy } from "./types.ts";

const parameters = {
  ...coreParameters,
  ...openParameters,
  orders: someOf("levels to align to", ["pud", "cont-pmd", "pmd", "cont-pte"], "pmd"),
  fits: oneOf("block: a whole block at this offset; length: any offset", ["block", "length"]),
  anon: oneOf("anonymous memory: any length, or multiples of the block only", ["any", "multiple"]),
};

export const mergeFirst: Policy = parameterised(
  {
    id: "merge-first",
    summary: "kept unaligned where the VMA merges with its neighbour, else PMD-aligned",
    kernel: "mm/mmap.c __get_unmapped_area, asking mm/vma.c can_vma_merge_before and _after",
    source: "answer to the merges lost under efa7df3e3bb5 (see d4148aeab412); no code",
    profile: rules73.profile,
    parameters,
  },
  (settings) => (request, target) => {
    if (!isCovered(request, settings)) return dispatch(request, target, rules73);
    const above = rules73.profile.roundsAbove && target.topDown;
    const padded = coreSizes(request, target, settings).map((size) =>
      pad(request.pages, size, request.pgoff, above),
    );
    if (!padded.some((attempt) => attempt)) return [plain];
    return answered([{ merge: true }, ...padded, plain], settings, request, target);
  },
);
