import { describe, expect, it } from "vitest";
import {
  bytes,
  count,
  difference,
  metric,
  percent,
  plural,
  ratio,
  share,
} from "../../src/reports/format.ts";

describe("numbers in reports", () => {
  it("have commas every three digits, before the point only", () => {
    expect([0, 999, 1_000, 524_288, 49_286_912, 1234.5678].map(count)).toEqual([
      "0",
      "999",
      "1,000",
      "524,288",
      "49,286,912",
      "1,234.5678",
    ]);
  });

  it("show bytes in the largest unit that leaves at least one", () => {
    expect([0, 1023, 4096, 1.5 * 2 ** 20, 2 ** 31, 2 ** 47].map(bytes)).toEqual([
      "0 B",
      "1,023 B",
      "4 KiB",
      "1.5 MiB",
      "2 GiB",
      "128 TiB",
    ]);
  });

  it("never round a share to all or to nothing", () => {
    expect([1, 0.9999, 0.9654, 0.00001, 0].map(share)).toEqual([
      "100%",
      "99.9%",
      "96.5%",
      "0.1%",
      "0%",
    ]);
  });

  it("say how many times fewer or more than the baseline", () => {
    expect(ratio(1_024, 524_288)).toBe("512x fewer");
    expect(ratio(2, 524_288)).toBe("262,144x fewer");
    expect(ratio(1_020, 1_000)).toBe("1.02x more");
    expect(ratio(20_486, 165_099)).toBe("8.06x fewer");
    expect(ratio(7, 7)).toBe("same");
    expect(ratio(100_001, 100_000)).toBe("<1% more");
    expect(ratio(0, 5)).toBe("none left");
    expect(ratio(5, 0)).toBe("none before");
  });

  it("say in percent how much more or less than before", () => {
    expect(percent(20_000, 2_000)).toBe("+900%");
    expect(percent(23_040, 24_000)).toBe("-4%");
    expect(percent(1_000_001, 1_000_000)).toBe("+<0.01%");
    expect(percent(100_005, 100_000)).toBe("+<0.01%");
    expect(percent(0, 5)).toBe("-100%");
    expect(percent(5, 0)).toBe("");
  });

  it("print a missing value as n/a, never as 0", () => {
    expect(metric({ value: null, unit: "steps" })).toBe("n/a");
    expect(metric({ value: 0, unit: "steps" })).toBe("0");
  });

  it("sign a difference in its unit", () => {
    expect([difference(1_024, ""), difference(-2, ""), difference(-4096, "bytes")]).toEqual([
      "+1,024",
      "-2",
      "-4 KiB",
    ]);
  });

  it("count in words", () => {
    expect([plural(1, "process", "processes"), plural(0, "call")]).toEqual([
      "1 process",
      "0 calls",
    ]);
  });
});
