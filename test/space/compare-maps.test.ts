import { describe, expect, it } from "vitest";
import { compareMaps, mapsLine } from "../../src/space/compare-maps.ts";
import type { MapsArea } from "../../src/trace/event.ts";
import { draw, vma } from "../support/layout.ts";

const area = (
  start: number,
  end: number,
  perms: string,
  more: Partial<MapsArea> = {},
): MapsArea => ({
  line: 1,
  start: (0x1000 + start) * 4096,
  end: (0x1000 + end) * 4096,
  perms,
  offset: 0,
  device: "00:00",
  inode: 0,
  path: "",
  ...more,
});

describe("the model beside maps", () => {
  it("is exact if starts, ends, permissions and offsets agree, vsyscall left out", () => {
    const space = draw("AA.bb");
    const kernel = [
      area(0, 2, "rw-p"),
      area(3, 5, "r--p", { path: "a name that does not matter" }),
      area(9, 10, "--xp", { path: "[vsyscall]" }),
    ];
    expect(compareMaps(space, kernel, 4096)).toEqual({
      total: 2,
      exact: 2,
      extra: 0,
      differences: [],
    });
  });

  it("shows both sides of a difference as lines of maps", () => {
    const kernel = [area(0, 2, "rw-p"), area(3, 6, "r--p", { path: "[heap]" })];
    expect(compareMaps(draw("AA.bb"), kernel, 4096)).toEqual({
      total: 2,
      exact: 1,
      extra: 1,
      differences: [
        {
          start: 0x1003000,
          model: "01003000-01005000 r--p 00000000",
          kernel: "01003000-01006000 r--p 00000000 [heap]",
        },
      ],
    });
  });

  it("names areas that only one side has", () => {
    const kernel = [area(0, 1, "rw-p"), area(4, 5, "rw-p")];
    const { exact, extra, differences } = compareMaps(draw("A.B.C"), kernel, 4096);
    expect([exact, extra]).toEqual([2, 1]);
    expect(differences).toEqual([
      { start: 0x1002000, model: "01002000-01003000 rw-p 00000000", kernel: null },
    ]);
  });

  it("prints the offset of files and shared memory, of anonymous memory none", () => {
    const file = { backing: "file", shared: true, pgoff: 16, flags: 1 } as const;
    const opened = { ...file, file: { id: 1, kind: "regular", path: "/data" } as const };
    expect(mapsLine(vma(0, 1, opened), 4096)).toBe("01000000-01001000 rw-s 00010000 /data");
    expect(mapsLine(vma(5, 6), 4096)).toBe("01005000-01006000 rw-p 00000000");
  });
});
