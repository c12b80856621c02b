import { describe, expect, it } from "vitest";
import { profile73 } from "../../src/policies/profiles.ts";
import { applyClosest } from "../../src/space/closest.ts";
import type { MapsArea } from "../../src/trace/event.ts";
import { anonymous, base } from "../support/layout.ts";
import { type Draft, placed, program } from "./program.ts";

const from = { event: 0, line: 0 };
const enter: Draft = { kind: "enter", space: 1, ...from };
const map = (object: number, pages: number): Draft => ({
  kind: "map",
  object,
  pages,
  area: anonymous,
});
const release = (object: number): Draft => ({
  kind: "release",
  at: { object, offset: 0 },
  pages: 2,
  ...from,
});
const area = (start: number, end: number): MapsArea => ({
  line: 1,
  start: (base + start) * 4096,
  end: (base + end) * 4096,
  perms: "rw-p",
  offset: 0,
  device: "00:00",
  inode: 0,
  path: "",
});
const maps = (exact: boolean, ...areas: readonly MapsArea[]): Draft => ({
  kind: "snapshot",
  source: "maps",
  exact,
  areas,
  ...from,
});

/** Areas at 0, 10 and 20: the first is gone, and the last is new, when the maps were put into the calls. */
function compared(shown: Draft) {
  const of = program([enter, map(1, 2), map(2, 2), release(1), shown, map(3, 2), release(2)]);
  const { applied, torn } = applyClosest(of, placed(of, { 1: 0, 2: 10, 3: 20 }), profile73, {});
  const [{ exact = -1, total = -1, extra = -1 } = {}] = applied.snapshots;
  return { exact, total, extra, torn };
}

describe("maps that were read while calls went on", () => {
  it("may show an early state at low addresses and a late one at high addresses", () => {
    const torn = maps(false, area(0, 2), area(10, 12), area(20, 22));
    expect(compared(torn)).toEqual({ exact: 3, total: 3, extra: 0, torn: 1 });
  });

  it("never go back in time, nor show what was never there", () => {
    const backwards = maps(false, area(0, 2), area(20, 22), area(30, 32));
    expect(compared(backwards)).toMatchObject({ exact: 2, total: 3 });
    const of = program([
      enter,
      map(1, 2),
      map(2, 2),
      maps(false, area(0, 2), area(10, 12)),
      release(2),
      map(3, 2),
    ]);
    const places = placed(of, { 1: 10, 2: 20, 3: 0 });
    const { applied } = applyClosest(of, places, profile73, {});
    expect(applied.snapshots[0]?.exact).toBe(2);
    const late = program([
      enter,
      map(1, 2),
      map(2, 2),
      maps(false, area(0, 2), area(20, 22)),
      release(2),
      map(3, 2),
    ]);
    const { applied: apart } = applyClosest(
      late,
      placed(late, { 1: 10, 2: 20, 3: 0 }),
      profile73,
      {},
    );
    expect(apart.snapshots[0]?.exact).toBe(1);
  });

  it("are one state where the program was stopped", () => {
    const stopped = maps(true, area(0, 2), area(10, 12), area(20, 22));
    expect(compared(stopped)).toMatchObject({ exact: 1, total: 3, torn: 0 });
  });
});
