import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errnoName } from "../../src/trace/errno.ts";
import {
  adviceValues,
  flagNames,
  mmapFlags,
  parseFlags,
  protFlags,
  shmFlags,
  valueName,
} from "../../src/trace/flag-names.ts";
import { hasNewAddr, hugePageOf, hugeShiftOf } from "../../src/trace/flags.ts";

const bits = (text: string): number | undefined => parseFlags(mmapFlags, text)?.bits;

describe("flags of mremap", () => {
  it("tell whether it takes a new address", () => {
    expect([1, 3, 5, 7].map(hasNewAddr)).toEqual([false, true, true, true]);
  });
});

describe("parseFlags", () => {
  it("reads names in any order", () => {
    expect(bits("MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE")).toBe(0x4022);
    expect(bits("MAP_ANONYMOUS|MAP_NORESERVE|MAP_PRIVATE")).toBe(0x4022);
  });

  it("reads a huge page size", () => {
    expect(bits("MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|30<<MAP_HUGE_SHIFT")).toBe(0x78040022);
    expect(hugeShiftOf(0x78040022)).toBe(30);
    expect(hugeShiftOf(0x78000022)).toBe(0);
    expect(hugePageOf(21 * 2 ** 26)).toBe(2 ** 21);
    expect(hugePageOf(0x200)).toBeUndefined();
  });

  it("reads a bare number and drops its names in a comment", () => {
    expect(bits("0x4022")).toBe(0x4022);
    expect(bits("0x22 /* MAP_PRIVATE|MAP_ANONYMOUS */")).toBe(0x22);
  });

  it("reads digits behind a zero as octal", () => {
    expect(parseFlags(shmFlags, "SHM_RDONLY|0600")?.bits).toBe(0o10600);
    expect(bits("10")).toBe(10);
  });

  it("reads a comment in the middle", () => {
    expect(bits("0x3 /* MAP_??? */|0x80000")).toBe(0x80003);
    expect(bits("0xf /* MAP_??? */")).toBe(0xf);
    expect(bits("0x2b /* 0xb /* MAP_??? */|MAP_ANONYMOUS */")).toBe(0x2b);
    expect(bits("0x3 /* 0x3 /* MAP_??? */|MAP_ANONYMOUS */|0x80000")).toBe(0x80003);
  });

  it("counts a bit that is named twice once", () => {
    expect(bits("MAP_SHARED_VALIDATE|MAP_SHARED")).toBe(3);
  });

  it("lists a name that no table has", () => {
    expect(parseFlags(protFlags, "PROT_READ|PROT_FROBNICATE")).toEqual({
      bits: 1,
      unknown: ["PROT_FROBNICATE"],
    });
  });

  it("refuses what is neither name nor number", () => {
    for (const text of [
      "",
      "MAP_PRIVATE|",
      "0x",
      "{",
      "-1",
      "0xffffffffffffffff",
      "64<<MAP_HUGE_SHIFT",
    ]) {
      expect(parseFlags(mmapFlags, text), text).toBeUndefined();
    }
  });
});

describe("flagNames", () => {
  it("sorts names and keeps unknown bits as numbers", () => {
    expect(flagNames(mmapFlags, 0x78040032)).toEqual([
      "30<<MAP_HUGE_SHIFT",
      "MAP_ANONYMOUS",
      "MAP_FIXED",
      "MAP_HUGETLB",
      "MAP_PRIVATE",
    ]);
    expect(flagNames(protFlags, 0x1000_0003)).toEqual(["0x10000000", "PROT_READ", "PROT_WRITE"]);
    expect(flagNames(mmapFlags, 0x2f)).toEqual(["0xf", "MAP_ANONYMOUS"]);
    expect(flagNames(protFlags, 0)).toEqual([]);
  });

  it("names no huge page size without MAP_HUGETLB", () => {
    expect(flagNames(mmapFlags, 0x400_0002)).toEqual(["MAP_PRIVATE", "MAP_UNINITIALIZED"]);
    expect(flagNames(mmapFlags, 0x8000_0002)).toEqual(["0x80000000", "MAP_PRIVATE"]);
  });

  it("prints what parses back to the same bits", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), (value) => {
        expect(bits(flagNames(mmapFlags, value).join("|") || "0")).toBe(value);
      }),
    );
  });
});

it("names advice and errno numbers", () => {
  expect(valueName(adviceValues, 14)).toBe("MADV_HUGEPAGE");
  expect(valueName(adviceValues, 77)).toBe("0x4d");
  expect(errnoName(12)).toBe("ENOMEM");
  expect(errnoName(95)).toBe("EOPNOTSUPP");
  expect(errnoName(133)).toBe("EHWPOISON");
  expect(errnoName(524)).toBe("ENOTSUPP");
  expect(errnoName(4000)).toBe("errno 4000");
});
