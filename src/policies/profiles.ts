/** What each kernel release does around its searches. */

import type { Profile } from "./types.ts";

const mib = 2 ** 20;

/** As large as the page cache allows: 128 MiB is order 11 of 64 KiB pages, smaller pages have smaller caps. */
const cap = 128 * mib;

const folios61 = { xfs: cap, afs: cap };
const folios612 = {
  ...folios61,
  erofs: cap,
  nfs: cap,
  nfs4: cap,
  cifs: cap,
  smb3: cap,
  zonefs: cap,
};
/** ext4: 2048 blocks of 4 KiB. */
const folios618 = { ...folios612, ext4: 8 * mib, ext3: 8 * mib, ext2: 8 * mib };
/** btrfs: 64 blocks of 4 KiB. */
const folios72 = { ...folios618, btrfs: mib / 4 };

export const profile61: Profile = {
  series: "6.1",
  clampsMin: false,
  above4g: false,
  hugetlbHintWraps: true,
  roundsAbove: false,
  shadowStackGuard: false,
  remapManyVmas: false,
  failedRemapUnmaps: true,
  ringsStay: false,
  vdsoUnhinted: false,
  mergesAnonOffset: false,
  closeNeverMerges: true,
  hugePfnmap: false,
  pfnmapIgnoresThp: false,
  folioBytes: folios61,
};

export const profile612: Profile = {
  ...profile61,
  series: "6.12",
  clampsMin: true,
  above4g: true,
  hugetlbHintWraps: false,
  roundsAbove: true,
  shadowStackGuard: true,
  vdsoUnhinted: true,
  closeNeverMerges: false,
  hugePfnmap: true,
  pfnmapIgnoresThp: true,
  folioBytes: folios612,
};

export const profile618: Profile = {
  ...profile612,
  series: "6.18",
  remapManyVmas: true,
  failedRemapUnmaps: false,
  folioBytes: folios618,
};

export const profile72: Profile = {
  ...profile618,
  series: "7.2",
  ringsStay: true,
  folioBytes: folios72,
};

export const profile73: Profile = { ...profile72, series: "7.3", mergesAnonOffset: true };
