/** Where Linux 6.12 puts a mapping, as its stable releases do. */

import { type Rules, release } from "./kernel.ts";
import { rules61 } from "./linux-6.1.ts";
import { profile612 } from "./profiles.ts";
import type { Policy } from "./types.ts";

export const rules612: Rules = {
  ...rules61,
  profile: profile612,
  anon: "multiple-unhinted",
  noHook: "multiple-unhinted",
  thpFilesystems: [...rules61.thpFilesystems, "bcachefs"],
  shmemSizes: true,
  anonPgoff: false,
};

export const linux_6_12: Policy = release(
  {
    id: "linux-6.12",
    summary: "Linux 6.12.y: PMD multiples without a hint are aligned, also of files without a hook",
    source: "6.12.117, run against the kernel",
    differsBy: [
      {
        commit: "249608ee4713",
        title: "mm: respect mmap hint address when aligning for THP",
        previous: "linux-6.12.0",
      },
    ],
  },
  rules612,
);
