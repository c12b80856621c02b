/** Which searches place hugetlb memory: aligned inside the search, since its pages cannot be smaller. */

import { modulo } from "../units.ts";
import type { Attempts } from "./shapes.ts";
import type { Request } from "./types.ts";

/** `old`: own functions, up to 6.12. `new`: the ordinary entry point with a mask (7bd3f1e1a9ae, cc92882ee218; 6.13). */
export type HugetlbRule = "old" | "new";

/** A length that is no multiple of the huge page is EINVAL before any search. */
export function hugetlb({ pages, huge = 1 }: Request, rule: HugetlbRule): Attempts {
  if (modulo(pages, huge) !== 0) return [];
  const attempt = { alignMask: huge - 1, alignOffset: 0 };
  return [rule === "old" ? { ...attempt, entry: "hugetlb-old" } : { ...attempt, hint: "up" }];
}
