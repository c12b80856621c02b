/** Where kernels between the checked releases put a mapping: each is its neighbour and one commit; read, never run. */

import {
  anonAligned,
  anonAlignedFirst,
  filesAligned,
  filesPlain,
  hintsKept,
  hugetlbFunctionsGone,
  hugetlbOrdinary,
  multiplesOnly,
  since,
  topDownKept,
} from "./commits.ts";
import { type Rules, release } from "./kernel.ts";
import { rules61 } from "./linux-6.1.ts";
import { rules612 } from "./linux-6.12.ts";
import { profile61, profile612 } from "./profiles.ts";
import type { Policy } from "./types.ts";

const unverified = "assembled from the commit history, not run";

/** All anonymous memory that holds a PMD is padded; reverted before the release of 6.1 by 0ba09b173387. */
export const linux_6_1_rc: Policy = release(
  {
    id: "linux-6.1-rc-f35b5d7d",
    summary: "Linux 6.1-rc1: anonymous memory of any length is PMD-aligned, until the revert",
    source: unverified,
    differsBy: since("linux-6.1", [anonAlignedFirst]),
  },
  { ...rules61, profile: profile61, anon: "any" },
);

const rules67: Rules = {
  ...rules612,
  profile: {
    ...profile612,
    series: "6.7",
    roundsAbove: false,
    vdsoUnhinted: false,
    hugePfnmap: false,
    pfnmapIgnoresThp: false,
  },
  anon: "any",
  noHook: "never",
  shmemSizes: false,
  anonPgoff: true,
};

export const linux_6_7: Policy = release(
  {
    id: "linux-6.7",
    summary: "Linux 6.7: anonymous memory of any length is PMD-aligned, one block too low",
    source: unverified,
    differsBy: since("linux-6.1", [anonAligned]),
  },
  rules67,
);

const rules68: Rules = {
  ...rules67,
  profile: { ...rules67.profile, series: "6.8", roundsAbove: true },
  anonPgoff: false,
};

export const linux_6_8: Policy = release(
  {
    id: "linux-6.8",
    summary: "Linux 6.8 and 6.9: as 6.7, and a congruent top-down answer moves up by a block",
    source: unverified,
    differsBy: since("linux-6.7", [topDownKept]),
  },
  rules68,
);

const rules610: Rules = {
  ...rules68,
  profile: { ...rules68.profile, series: "6.10" },
  noHook: "any",
};

export const linux_6_10: Policy = release(
  {
    id: "linux-6.10",
    summary: "Linux 6.10 and 6.11: files without a hook are PMD-aligned as well, by accident",
    source: unverified,
    differsBy: since("linux-6.8", [filesAligned]),
  },
  rules610,
);

export const linux_6_12_0: Policy = release(
  {
    id: "linux-6.12.0",
    summary: "Linux 6.12.0: only PMD multiples are aligned, with a hint as well",
    source: unverified,
    differsBy: since("linux-6.10", [multiplesOnly]),
  },
  {
    ...rules612,
    profile: { ...profile612, pfnmapIgnoresThp: false },
    anon: "multiple",
    noHook: "multiple",
  },
);

export const rules613: Rules = {
  ...rules612,
  profile: { ...profile612, series: "6.13", pfnmapIgnoresThp: false },
  noHook: "never",
  hugetlb: "new",
};

export const linux_6_13: Policy = release(
  {
    id: "linux-6.13",
    summary: "Linux 6.13: files without a hook are plain again, and a hint is no longer padded",
    source: unverified,
    differsBy: since("linux-6.12.0", [
      hintsKept,
      filesPlain,
      hugetlbOrdinary,
      hugetlbFunctionsGone,
    ]),
  },
  rules613,
);
