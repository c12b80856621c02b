/** Drivers of device memory say at which page frame it starts, and mm aligns to it. */

import { dispatch } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { answered, type OpenParameters, openParameters } from "./open-questions.ts";
import { oneOf, parameterised, type Values } from "./parameters.ts";
import { type Attempts, align, fits, pad, pfnSizes, plain, vfioRegion } from "./shapes.ts";
import type { Parameter, Policy, Request, Target } from "./types.ts";

export type PfnParameters = OpenParameters & {
  readonly mechanism: Parameter<"align" | "pad">;
  readonly ladder: Parameter<"each" | "best">;
};

export const pfnParameters: PfnParameters = {
  mechanism: oneOf("align: a mask in the search; pad: a longer search, then rounding", [
    "align",
    "pad",
  ]),
  ladder: oneOf("each: every size that fits, largest first; best: the largest only", [
    "each",
    "best",
  ]),
  ...openParameters,
};

/**
 * Page frame of the first page modulo any leaf size. Where the recording does not name the device the file offset stands
 * for it: BARs are aligned to their size, so both are congruent up to the size of the BAR, and a smaller BAR holds no block.
 */
export function startPfn(request: Request, target: Target): number | undefined {
  if (request.pfn !== undefined || request.kind !== "vfio") return request.pfn;
  return vfioRegion(request, target.arch).offset;
}

/** One search per leaf size of which a whole block lies inside, then the plain one. */
export function alignToPfn(
  request: Request,
  target: Target,
  settings: Values<PfnParameters>,
  pfn: number,
): Attempts {
  const { pages } = request;
  const { mechanism, ladder } = settings;
  const above = rules73.profile.roundsAbove && target.topDown;
  const sizes = pfnSizes(target).filter((size) => fits(size, pfn, pages));
  const tried = ladder === "each" ? sizes : sizes.slice(0, 1);
  const attempt = (size: number) =>
    mechanism === "align" ? align(size, pfn) : pad(pages, size, pfn, above);
  return answered([...tried.map(attempt), plain], settings, request, target);
}

export const startPfnPolicy: Policy = parameterised(
  {
    id: "start-pfn",
    summary: "device memory is aligned to its page frames, PUD first",
    kernel: "mm/mmap.c __get_unmapped_area, asked with a page frame",
    source:
      "Gunthorpe, Re: [PATCH] vfio: Request THP-aligned mmap for device fds, 17 June 2026, https://lkml.iu.edu/hypermail/linux/kernel/2606.2/03747.html; no code",
    profile: rules73.profile,
    parameters: pfnParameters,
  },
  (settings) => (request, target) => {
    const pfn = startPfn(request, target);
    return pfn === undefined
      ? dispatch(request, target, rules73)
      : alignToPfn(request, target, settings, pfn);
  },
);
