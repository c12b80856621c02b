/** What kind of file a path names, as /proc/PID/maps, perf and strace -yy print it. */

import type { FileKind, OpenFile } from "../trace/file.ts";

const rules: readonly (readonly [RegExp, FileKind])[] = [
  [/^anon_inode:(\[vfio-device\]|vfio-device)/, "vfio"],
  [/^anon_inode:\[?io_uring\]?/, "io-uring"],
  [/^anon_inode:\[?bpf-map\]?/, "bpf-map"],
  [/^anon_inode:/, "device"],
  [/^socket:/, "socket"],
  [/^\/dev\/zero$/, "zero"],
  [/^\/memfd:/, "shmem"],
  [/^\/SYSV[0-9a-f]{8}$/, "shmem"],
  [/^\/(secretmem|\[aio\])$/, "device"],
  [/^\/dmabuf:/, "device"],
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

const kindOf = (name: string): FileKind =>
  rules.find(([pattern]) => pattern.test(name))?.[1] ?? "unknown";

/** What the folders begin with for which there are rules. */
const special: ReadonlySet<string> = new Set("[admpsS");

/** `/usr/lib/libc.so.6`: most paths, for which no rule has to be tried. */
const isUsual = (name: string): boolean => name.startsWith("/") && !special.has(name[1] ?? "");

/** Device of the mount that memfd, System V and shared anonymous memory have of tmpfs: the first that a kernel makes (6.1 to 7.3). */
const internalShmem = "00:01";

/**
 * The file of a printed path; mounts may say more. `id` is -1 where opens cannot be told apart. `device` as maps print it: memfd
 * and System V segments of huge pages have the same names, and lie on another.
 */
export function fileOf(path: string, id: number, device = ""): OpenFile {
  const name = path.endsWith(")") ? path.replace(deleted, "") : path;
  const kind = isUsual(name) ? "regular" : kindOf(name);
  const internal = kind === "shmem" && /^\/(memfd:|SYSV)/.test(name);
  if (internal && device !== "" && device !== internalShmem)
    return { id, kind: "hugetlb", path: name };
  return { id, kind, path: name, ...(internal ? { huge: "internal" } : {}) };
}
