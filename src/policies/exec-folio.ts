/** Files that hold no whole PMD block are aligned to the folio that arm64 reads code in, a contiguous-PTE block. */

import { dispatch, isThpFilesystem, thp } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { pad, plain } from "./shapes.ts";
import type { Policy, Request, Target } from "./types.ts";

/** exec_folio_order(); undefined where the architecture has none. */
function execFolio({ arch }: Target): number | undefined {
  return arch.levels.find(({ kind, since }) => kind === "cont-pte" && since.folio !== undefined)
    ?.pages;
}

const hasThpHook = ({ kind, filesystem = "" }: Request): boolean =>
  kind === "zero" || (kind === "regular" && isThpFilesystem(rules73, filesystem));

export const execFolioPolicy: Policy = {
  id: "exec-folio",
  summary: "files with the THP hook fall back to contiguous-PTE alignment (arm64), code or not",
  kernel: "mm/huge_memory.c thp_get_unmapped_area_vmflags",
  source:
    "Arif, [PATCH 4/4] mm: align file-backed mmap to exec folio order in thp_get_unmapped_area, 10 March 2026, https://lkml.iu.edu/2603.1/04848.html",
  profile: rules73.profile,
  searches: (request, target) => {
    const size = execFolio(target);
    if (size === undefined || !hasThpHook(request)) return dispatch(request, target, rules73);
    const above = rules73.profile.roundsAbove && target.topDown;
    const [largest] = thp(request, target, rules73);
    return [largest, pad(request.pages, size, request.pgoff, above), plain];
  },
};
