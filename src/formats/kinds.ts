/** What kind of file a path names, as /proc/PID/maps, perf and strace -yy print it. */

import type { FileKind, OpenFile } from "../trace/file.ts";

const rules: readonly (readonly [RegExp, FileKind])[] = [
  [/^anon_inode:(\[vfio-device\]|vfio-device)/, "vfio"],
  [/^anon_inode:\[?io_uring\]?/, "io-uring"],
  [/^anon_inode:/, "device"],
  [/^socket:/, "socket"],
  [/^\/dev\/zero$/, "zero"],
  [/^\/memfd:/, "shmem"],
  [/^\/SYSV[0-9a-f]{8}$/, "shmem"],
  [/^\/anon_hugepage$/, "hugetlb"],
  [/^\/dev\/shm\//, "shmem"],
  [/^\/dev\/hugepages\//, "hugetlb"],
  [/^\/dev\/dax/, "devdax"],
  [/^\/dev\/dri\//, "drm"],
  [/^\/dev\/vfio\/devices\//, "vfio"],
  [/^\/(dev|sys|proc)\//, "device"],
  [/^\//, "regular"],
];

/** A deleted file keeps its kind; a file really called so prints the same. */
const deleted = / \(deleted\)$/;

/** The file of a printed path; mounts may say more. `id` is -1 where opens cannot be told apart. */
export function fileOf(path: string, id: number): OpenFile {
  const name = path.replace(deleted, "");
  const kind = rules.find(([pattern]) => pattern.test(name))?.[1] ?? "unknown";
  const internal = kind === "shmem" && /^\/(memfd:|SYSV)/.test(name);
  return { id, kind, path: name, ...(internal ? { huge: "internal" } : {}) };
}
