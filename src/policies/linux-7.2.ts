/** Where Linux 7.2 puts a mapping. */

import { drmAligned, since } from "./commits.ts";
import { type Rules, release } from "./kernel.ts";
import { rules618 } from "./linux-6.18.ts";
import { profile72 } from "./profiles.ts";
import type { Policy } from "./types.ts";

export const rules72: Rules = {
  ...rules618,
  profile: profile72,
  thpFilesystems: rules618.thpFilesystems.filter((name) => name !== "bcachefs"),
  drm: "shmem",
};

export const linux_7_2: Policy = release(
  {
    id: "linux-7.2",
    summary: "Linux 7.2: as 6.18, and DRM objects follow the rule of shared memory",
    source: "7.2.13, run against the kernel",
    differsBy: since("linux-6.18", [drmAligned]),
  },
  rules72,
);
