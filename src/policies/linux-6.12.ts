/** Where Linux 6.12 puts a mapping, as its stable releases do. */

import {
  anonAligned,
  filesAligned,
  hintsKept,
  multiplesOnly,
  since,
  topDownKept,
} from "./commits.ts";
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
    differsBy: since("linux-6.1", [
      anonAligned,
      topDownKept,
      filesAligned,
      multiplesOnly,
      hintsKept,
    ]),
  },
  rules612,
);
