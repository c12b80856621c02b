/** Where Linux 6.18 puts a mapping. */

import { type Rules, release } from "./kernel.ts";
import { rules612 } from "./linux-6.12.ts";
import { profile618 } from "./profiles.ts";
import type { Policy } from "./types.ts";

export const rules618: Rules = {
  ...rules612,
  profile: profile618,
  noHook: "never",
  zero: "thp",
  hugetlb: "new",
};

export const linux_6_18: Policy = release(
  {
    id: "linux-6.18",
    summary:
      "Linux 6.18: anonymous PMD multiples without a hint are aligned, hook-less files are not",
    source: "6.18.44, run against the kernel",
  },
  rules618,
);
