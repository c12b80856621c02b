import { expect, it } from "vitest";
import { KnownSegments, segmentFile } from "../../src/formats/segments.ts";

it("a segment has the largest size that a shmget of its id has named", () => {
  const segments = new KnownSegments();
  const file = segmentFile(0x5eed, false, undefined);
  for (const length of [0, 8192, 4096, 0]) segments.made(7, { length, file });
  expect(segments.of(7)).toEqual({
    length: 8192,
    file: { kind: "shmem", huge: "internal", path: "/SYSV00005eed" },
  });
  expect(segments.of(8)).toBeUndefined();
});
