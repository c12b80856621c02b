/** Where Linux 6.1 puts a mapping. */

import { type Rules, release } from "./kernel.ts";
import { profile61 } from "./profiles.ts";
import type { Policy } from "./types.ts";

export const rules61: Rules = {
  profile: profile61,
  anon: "never",
  noHook: "never",
  thpFilesystems: ["ext2", "ext3", "ext4", "xfs", "btrfs", "fuse", "fuseblk", "virtiofs", "erofs"],
  zero: "plain",
  hugetlb: "old",
  shmemSizes: false,
  drm: "no-hook",
  anonPgoff: true,
};

export const linux_6_1: Policy = release(
  {
    id: "linux-6.1",
    summary: "Linux 6.1: only files of some filesystems and huge shmem are PMD-aligned",
    source: "6.1.192, run against the kernel",
  },
  rules61,
);
