/** Anonymous memory is aligned to the largest enabled folio size that suits its length, not to the PMD alone. */

import type { Attempt } from "../arch/types.ts";
import { modulo } from "../units.ts";
import { dispatch } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { oneOf, parameterised } from "./parameters.ts";
import { folioSizes, pad, plain } from "./shapes.ts";
import type { Policy, Target } from "./types.ts";

const parameters = {
  length: oneOf("multiple of the size, as 7.3 asks of a PMD, or any that holds it", [
    "multiple",
    "any",
  ]),
};

/** Enabled sizes, largest first; where none is recorded all that a leaf entry or a contiguous group can map. */
function enabledSizes(target: Target): readonly number[] {
  const recorded = [...(target.thpSizes ?? [])];
  if (recorded.length === 0) return folioSizes(target);
  const enabled = recorded.filter(([, set]) => set !== "never").map(([pages]) => pages);
  return enabled.sort((a, b) => b - a);
}

const withoutFile: Attempt = { ...plain, file: false };

export const largestMthp: Policy = parameterised(
  {
    id: "largest-mthp",
    summary: "anonymous memory without a hint is aligned to the largest enabled mTHP size",
    kernel: "mm/mmap.c __get_unmapped_area",
    source: "7.3's rule for PMD multiples (249608ee4713, d4148aeab412) with every enabled size",
    profile: rules73.profile,
    parameters,
  },
  ({ length }) =>
    (request, target) => {
      const { kind, pages, hint } = request;
      if (kind !== "anon" || hint) return dispatch(request, target, rules73);
      const suits = (size: number) =>
        size <= pages && (length === "any" || modulo(pages, size) === 0);
      const size = enabledSizes(target).find(suits);
      const above = rules73.profile.roundsAbove && target.topDown;
      const padded = size !== undefined && pad(pages, size, 0, above);
      return [padded && { ...padded, file: false }, withoutFile];
    },
);
