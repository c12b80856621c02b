/** Which filesystem a path lies on, and what that says about the file. */

import type { OpenFile } from "../../trace/file.ts";

interface Mount {
  readonly at: string;
  readonly filesystem: string;
  readonly options: readonly string[];
}

export type Mounts = readonly Mount[];

/** Lines of /proc/mounts; anything else is passed over. */
export function parseMounts(text: string): Mounts {
  const mounts: Mount[] = [];
  for (const line of text.split("\n")) {
    const match = /^\S+ (\/\S*) (\S+) (\S+) \d+ \d+$/.exec(line);
    if (match === null) continue;
    const [, at = "", filesystem = "", options = ""] = match;
    mounts.push({ at, filesystem, options: options.split(",") });
  }
  return mounts;
}

/** The mount with the longest prefix of the path; of two at one place the later. */
function mountOf(mounts: Mounts, path: string): Mount | undefined {
  let best: Mount | undefined;
  for (const mount of mounts) {
    const inside = mount.at === "/" || path === mount.at || path.startsWith(`${mount.at}/`);
    if (inside && mount.at.length >= (best?.at.length ?? 0)) best = mount;
  }
  return best;
}

const hugeOptions = ["never", "always", "within_size", "advise"] as const;
const units: ReadonlyMap<string, number> = new Map([
  ["K", 2 ** 10],
  ["M", 2 ** 20],
  ["G", 2 ** 30],
]);

function option(mount: Mount, name: string): string | undefined {
  return mount.options.find((text) => text.startsWith(`${name}=`))?.slice(name.length + 1);
}

function withMount(file: OpenFile, mount: Mount): OpenFile {
  if (mount.filesystem === "tmpfs" || mount.filesystem === "devtmpfs") {
    const huge = hugeOptions.find((name) => name === option(mount, "huge")) ?? "never";
    return { ...file, kind: "shmem", huge };
  }
  if (mount.filesystem === "hugetlbfs") {
    const size = /^(\d+)([KMG])$/.exec(option(mount, "pagesize") ?? "");
    const bytes = Number(size?.[1] ?? 0) * (units.get(size?.[2] ?? "") ?? 0);
    return { ...file, kind: "hugetlb", ...(bytes === 0 ? {} : { hugePage: bytes }) };
  }
  if (mount.filesystem === "proc" || mount.filesystem === "sysfs") {
    return { ...file, kind: "device" };
  }
  return { ...file, kind: "regular", filesystem: mount.filesystem };
}

/** Files whose path is no place in a mounted filesystem, or whose kind does not come from one. */
function isPlaced(file: OpenFile): boolean {
  if (file.path === undefined || !file.path.startsWith("/") || file.huge === "internal")
    return false;
  return (
    file.kind === "regular" ||
    file.kind === "unknown" ||
    /^\/dev\/(shm|hugepages)\//.test(file.path)
  );
}

/** Complete what the path alone tells. */
export function placed(file: OpenFile, mounts: Mounts): OpenFile {
  if (!isPlaced(file) || file.path === "/anon_hugepage") return file;
  const mount = mountOf(mounts, file.path ?? "");
  return mount === undefined ? file : withMount(file, mount);
}
