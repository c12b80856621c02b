/** Nobody aligns: every mapping that can be anywhere goes where the architecture puts it. */

import { dispatch } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { plain } from "./shapes.ts";
import type { Policy, RequestKind } from "./types.ts";

/** Kinds whose alignment is no preference but a need. */
const bound: readonly RequestKind[] = ["hugetlb", "devdax", "bpf-arena", "io-uring"];

export const unaligned: Policy = {
  id: "unaligned",
  summary: "nothing is aligned unless it must be (hugetlb, devdax, bpf arenas)",
  kernel: "mm/mmap.c mm_get_unmapped_area",
  source: "the kernel without any THP rule: a lower bound for every policy",
  profile: rules73.profile,
  searches: (request, target) =>
    bound.includes(request.kind) ? dispatch(request, target, rules73) : [plain],
};
