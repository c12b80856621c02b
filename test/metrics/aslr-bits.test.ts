import { afterAll, describe, expect, it } from "vitest";
import { compute, map, replayOf } from "./replays.ts";

const rows: string[] = [];
afterAll(() => process.stdout.write(`\n${rows.join("\n")}\n`));

type Classes = Readonly<Record<string, number>>;

function left(policy: string, more: { arch?: string; bits?: number } = {}): Classes {
  const { arch = "x86-64", bits } = more;
  const facts = bits === undefined ? {} : { mmapRndBits: bits };
  const value = compute("aslr-bits", replayOf([map(1, 1)], { 1: 0 }, { policy, arch, facts }));
  const { classes = {} } = value.tables ?? {};
  rows.push(
    `${`${policy}, ${arch}, ${bits ?? "default"} bits`.padEnd(40)} ${JSON.stringify(classes)}`,
  );
  expect(value.value).toBe(Math.min(...Object.values(classes)));
  expect(value.more).toMatchObject({ bases: 4096 });
  return classes;
}

describe("random bits left", () => {
  it("are 19 of 28 for a library aligned to a PMD, and none of 8", () => {
    expect(left("linux-7.3")).toMatchObject({ library: 28, "file >= PMD": 19, stack: 22 });
    expect(left("linux-6.1", { bits: 8 })).toMatchObject({ library: 8, "file >= PMD": 0 });
  });

  it("are all of a 32-bit task's since the kernel aligns nothing there", () => {
    expect(left("linux-7.3", { arch: "i386" })).toMatchObject({
      "file >= PMD": 8,
      stack: 11,
    });
  });

  it("are those of 32-bit tasks where the recording has no others", () => {
    const replay = replayOf([map(1, 1)], { 1: 0 }, { policy: "linux-7.3", arch: "x86-64" });
    const limits = { topDown: true, compat: true, layoutFrom: "formula" } as const;
    const told = { parent: null, pid: null, unrecordedPages: 0, unknownStart: false };
    const program = { ...replay.program, spaces: [{ space: 0, ...told, ...limits }] };
    const { tables = {} } = compute("aslr-bits", { ...replay, program });
    expect(tables).toEqual({ classes: left("linux-7.3", { arch: "i386" }) });
  });

  it("are all where nothing is aligned", () => {
    const { stack, ...searched } = left("unaligned");
    expect(stack).toBe(22);
    expect(new Set(Object.values(searched))).toEqual(new Set([28]));
  });

  it("fall for anonymous memory since 6.7 only, and for device memory by its own alignment", () => {
    expect(left("linux-6.1")).toMatchObject({ "anon >= PMD": 28, device: 28 });
    expect(left("linux-6.7")).toMatchObject({ "anon >= PMD": 19, device: 28 });
    expect(left("vfio-thp")).toMatchObject({ device: 19 });
    expect(left("start-pfn")).toMatchObject({ device: 10 });
    // The program aligns: the reservation is random, the BAR in it lies at a multiple of 1 GiB.
    expect(left("qemu-over-map")).toMatchObject({ device: 10 });
  });

  it("are fewer on arm64, whose PMD of 16 KiB pages has 2,048 of them", () => {
    expect(left("linux-7.3", { arch: "arm64-4k" })).toMatchObject({
      "file >= PMD": 9,
      stack: 18,
      program: 14,
    });
    expect(left("linux-7.3", { arch: "arm64-16k" })).toMatchObject({ "file >= PMD": 5 });
  });

  it("come out the same every time", () => {
    expect(left("linux-7.3")).toEqual(left("linux-7.3"));
  });
});
