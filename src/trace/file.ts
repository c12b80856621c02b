/** What a mapped file is, as far as its placement and its page sizes depend on it. */

/** Which kind of file stands behind a mapping; `unknown` where the recording has neither path nor snapshot. */
export type FileKind =
  | "regular" // on `filesystem`
  | "shmem" // tmpfs file, memfd, System V segment
  | "hugetlb"
  | "zero" // /dev/zero
  | "vfio"
  | "device" // character device without a placement hook of its own, sysfs, procfs
  | "devdax"
  | "drm"
  | "bpf-arena"
  | "bpf-map" // and what else has the plain entry point as its hook
  | "io-uring"
  | "socket"
  | "unknown";

export interface OpenFile {
  /** The same number for the same `struct file` (one open, and its duplicates); -1 where opens cannot be told apart. */
  readonly id: number;
  readonly kind: FileKind;
  readonly path?: string;
  /** `ext4`, `xfs`, `overlay` ... of a regular file. */
  readonly filesystem?: string;
  /** shmem: the `huge=` option of its mount; `internal` for memfd and System V segments, which have the kernel's own mount. */
  readonly huge?: "never" | "always" | "within_size" | "advise" | "internal";
  /** hugetlb: bytes of a huge page. */
  readonly hugePage?: number;
  /** vfio: the device (`0000:00:08.0`), where known. */
  readonly device?: string;
}

/** The same text for files that are alike in everything. */
export const fileKey = ({ id, kind, path, filesystem, huge, hugePage, device }: OpenFile): string =>
  JSON.stringify([id, kind, path, filesystem, huge, hugePage, device]);
