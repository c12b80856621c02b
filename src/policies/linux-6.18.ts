/** Where Linux 6.18 puts a mapping. */

import {
  filesPlain,
  hugetlbFunctionsGone,
  hugetlbOrdinary,
  since,
  zeroAligned,
} from "./commits.ts";
import { rules613 } from "./history.ts";
import { type Rules, release } from "./kernel.ts";
import { profile618 } from "./profiles.ts";
import type { Policy } from "./types.ts";

export const rules618: Rules = { ...rules613, profile: profile618, zero: "thp" };

export const linux_6_18: Policy = release(
  {
    id: "linux-6.18",
    summary:
      "Linux 6.18: anonymous PMD multiples without a hint are aligned, hook-less files are not",
    source: "6.18.44, run against the kernel",
    differsBy: since("linux-6.12", [
      filesPlain,
      hugetlbOrdinary,
      hugetlbFunctionsGone,
      zeroAligned,
    ]),
  },
  rules618,
);
