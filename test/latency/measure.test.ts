/** Does a measurement say what it knows, and why where it knows nothing. */

import { describe, expect, it } from "vitest";
import { type Latency, measure } from "../../src/latency/measure.ts";

const time = 40;

function measured(latency: Latency): Extract<Latency, { state: "measured" }> {
  if (latency.state !== "measured") throw new Error(latency.reason);
  return latency;
}

/** Work for about this many microseconds. */
function busy(microseconds: number): () => void {
  return () => {
    const end = process.hrtime.bigint() + BigInt(microseconds * 1000);
    while (process.hrtime.bigint() < end);
  };
}

describe("measure", () => {
  it("divides the time of a run by its placements", () => {
    const run = busy(200);
    const { unit, p50 } = measured(measure({ placements: 100, run }, { time }));
    expect(unit).toBe("ns");
    expect(p50).toBeGreaterThan(1990);
    expect(p50).toBeLessThan(4000);
  });

  it("orders its percentiles, and counts its runs", () => {
    let calls = 0;
    const run = (): void => busy(calls++ % 10 === 0 ? 300 : 50)();
    const { p50, p90, p99, max, runs } = measured(measure({ placements: 1, run }, { time }));
    expect(p50).toBeLessThanOrEqual(p90);
    expect(p90).toBeLessThanOrEqual(p99);
    expect(p99).toBeLessThanOrEqual(max);
    expect(max).toBeGreaterThan(2 * p50);
    expect(runs).toBeGreaterThan(10);
    expect(runs).toBeLessThan(calls);
  });

  it("gives the reason of a run that fails", () => {
    const run = (): void => {
      throw new Error("no gap");
    };
    expect(measure({ placements: 1, run }, { time })).toEqual({
      state: "not-measured",
      reason: "a run failed: no gap",
    });
  });

  it("measures nothing where nothing is placed", () => {
    const run = (): void => {
      throw new Error("it ran");
    };
    expect(measure({ placements: 0, run }, { time })).toEqual({
      state: "not-measured",
      reason: "there is nothing to place",
    });
  });
});
