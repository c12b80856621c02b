/** Drivers declare their page frames in mmap_prepare, and mm aligns to them; drivers not yet converted are placed plainly. */

import { dispatch } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { oneOf, parameterised } from "./parameters.ts";
import { alignToPfn, pfnParameters, startPfn } from "./start-pfn.ts";
import type { Policy, RequestKind } from "./types.ts";

const parameters = {
  converted: oneOf("drivers that declare: vfio, none of them, or all with a page frame", [
    "vfio",
    "none",
    "all",
  ]),
  ...pfnParameters,
};

const kinds: Readonly<Record<"vfio" | "none" | "all", readonly RequestKind[]>> = {
  vfio: ["vfio"],
  none: [],
  all: ["vfio", "device"],
};

export const mmapPrepare: Policy = parameterised(
  {
    id: "mmap-prepare",
    summary: "as start-pfn, for drivers that declare their page frames in mmap_prepare",
    kernel: "mm/vma.c call_mmap_prepare, moved before the placement",
    source:
      "Stoakes, Re: [PATCH] vfio: Request THP-aligned mmap for device fds, 18 June 2026, https://lkml.iu.edu/hypermail/linux/kernel/2606.2/05153.html; no code",
    profile: rules73.profile,
    parameters,
  },
  (settings) => (request, target) => {
    const declares = kinds[settings.converted].includes(request.kind);
    const pfn = declares ? startPfn(request, target) : undefined;
    return pfn === undefined
      ? dispatch(request, target, rules73)
      : alignToPfn(request, target, settings, pfn);
  },
);
