import { describe, expect, it } from "vitest";
import { parseMounts, placed } from "../../../src/formats/bundle/mounts.ts";
import { fileOf } from "../../../src/formats/kinds.ts";

const mounts = parseMounts(
  [
    "/dev/vda / ext4 rw,relatime 0 0",
    "d /dev devtmpfs rw,mode=755 0 0",
    "t /dev/shm tmpfs rw,relatime,inode64 0 0",
    "/dev/loop0 /mnt/xfs xfs rw,attr2 0 0",
    "t /mnt/thp tmpfs rw,huge=always 0 0",
    "h /hp hugetlbfs rw,pagesize=2M 0 0",
    "p /proc proc rw 0 0",
    "HugePages_Total:      64",
  ].join("\n"),
);

const file = (path: string): object => placed(fileOf(path, 3), mounts);

describe("the mount of a path", () => {
  it("is the one with the longest prefix, ending at a slash", () => {
    expect(file("/mnt/xfs/probe.dat")).toMatchObject({ kind: "regular", filesystem: "xfs" });
    expect(file("/mnt/xfsx/probe.dat")).toMatchObject({ kind: "regular", filesystem: "ext4" });
    expect(file("/usr/lib/libc.so.6 (deleted)")).toMatchObject({ filesystem: "ext4" });
  });

  it("is the later one of two at one place", () => {
    const twice = parseMounts("a / ext4 rw 0 0\nb / xfs rw 0 0");
    expect(placed(fileOf("/x", 3), twice)).toMatchObject({ filesystem: "xfs" });
  });

  it("makes files of tmpfs shared memory with the option of that mount", () => {
    expect(file("/mnt/thp/x")).toMatchObject({ kind: "shmem", huge: "always" });
    expect(file("/dev/shm/x")).toMatchObject({ kind: "shmem", huge: "never" });
  });

  it("gives hugetlbfs the page size of its mount", () => {
    expect(file("/hp/rtemap_0")).toMatchObject({ kind: "hugetlb", hugePage: 2 ** 21 });
  });

  it("does not touch what is no place in a filesystem", () => {
    expect(file("/memfd:m0 (deleted)")).toEqual({
      id: 3,
      kind: "shmem",
      path: "/memfd:m0",
      huge: "internal",
    });
    expect(file("/SYSV00000000 (deleted)")).toMatchObject({ kind: "shmem", huge: "internal" });
    expect(file("/dev/zero (deleted)")).toMatchObject({ kind: "zero" });
    expect(file("anon_inode:[vfio-device]")).toMatchObject({ kind: "vfio" });
    expect(file("/anon_hugepage (deleted)")).toEqual({
      id: 3,
      kind: "hugetlb",
      path: "/anon_hugepage",
    });
    expect(file("")).toMatchObject({ kind: "unknown" });
  });

  it("leaves a file as it is where no mounts were recorded", () => {
    expect(placed(fileOf("/a", 1), [])).toEqual({ id: 1, kind: "regular", path: "/a" });
  });
});
