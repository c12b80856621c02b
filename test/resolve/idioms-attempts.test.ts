import { describe, expect, it } from "vitest";
import { alignedOf, misalignedOf } from "../../src/place/intent.ts";
import type { Event } from "../../src/trace/event.ts";
import { brk, lifecycle } from "../support/events.ts";
import {
  arena,
  type Case,
  caseOf,
  fixed,
  hinted,
  K,
  M,
  map,
  mapOf,
  N,
  type Outcome,
  P,
  protect,
  trimOf,
  unmap,
  vfio,
} from "./idiom-cases.ts";

const classes = (events: readonly Event[]): string[] =>
  [...caseOf(events).idioms].map((one) => one.class);

describe("attempts of a trick", () => {
  const tried = [
    map(0xb07f9000, 64 * M, { ...N, ...hinted(0xb07f9000) }),
    unmap(0xb07f9000, 64 * M),
    map(0xa4600000, 128 * M, N),
    unmap(0xa4600000, 58 * M),
    unmap(0xa4600000 + 122 * M, 6 * M),
  ];

  it("21: goes on from a hinted first try that does not fit, and drops to that hint", () => {
    const found = caseOf(tried);
    const { firstTry, map: reserve } = trimOf(found);
    expect(firstTry?.map.recorded).toBe(0xb07f9000 / P);
    const redone = found.run("redo", 0x31000000, 128 * M);
    expect(redone.address(reserve.object)).toBe(0x34000000);
    expect(found.run("keep", 0x31000000, 128 * M).address(reserve.object) + 58 * M).toBe(
      0x34a00000,
    );
    const asked = found.run("drop", 0x31000000, 128 * M).program;
    expect(mapOf(asked, reserve.object)).toMatchObject({
      pages: (64 * M) / P,
      hint: { object: 0, offset: 0xb07f9000 / P },
    });
    expect([...asked.ops].filter((op) => op.kind === "map")).toHaveLength(1);
  });

  const bare = [
    map(0x30001000, 8 * M),
    unmap(0x30001000, 8 * M),
    map(0x2fe01000, 10 * M),
    unmap(0x2fe01000, 2044 * K),
    unmap(0x2fe01000 + 10236 * K, 4 * K),
  ];

  it("22: stops at a first try that fits", () => {
    const found = caseOf(bare);
    const { map: reserve, align } = trimOf(found);
    expect(align * P).toBe(2 * M);
    const fits = found.run("redo", 0x21000000, 8 * M);
    expect(fits.address(reserve.object)).toBe(0x21000000);
    expect([...fits.program.ops].filter((op) => op.kind === "map")).toHaveLength(1);
    expect([...fits.program.ops].filter((op) => op.kind === "release")).toHaveLength(0);
    const misses = found.run("redo", 0x20001000, 10 * M);
    expect(misses.address(reserve.object)).toBe(0x20200000);
    const dropped = mapOf(found.run("drop", 0x21000000, 8 * M).program, reserve.object);
    expect(dropped).toMatchObject({ pages: (8 * M) / P, area: { prot: 3 } });
  });

  it("23: takes no aligned map that was unmapped for a first try", () => {
    const found = caseOf([map(0x30000000, 64 * M, N), unmap(0x30000000, 64 * M), ...arena()]);
    expect(trimOf(found).firstTry).toBeUndefined();
  });

  const learned = [
    ...arena(),
    map(0x58000000, 64 * M, { ...N, ...hinted(0x58000000) }),
    protect(0x58000000, 132 * K),
  ];

  it("24: puts a learned request at the end of what was kept", () => {
    const found = caseOf(learned);
    const success = [...found.idioms].find((one) => one.class === "learned");
    if (success?.class !== "learned") throw new Error("nothing learned");
    const run = (mode: "keep" | "redo") =>
      found.run(mode, 0x31000000, 128 * M).address(success.map.object);
    expect(run("redo")).toBe(0x38000000);
    expect(run("keep")).toBe(0x38800000);
  });

  it("asks a learned request again, larger and cut, where its answer does not fit", () => {
    const between = [fixed(0x58000000, P), map(0x10000000, 17 * M)];
    const blocked = [...learned.slice(0, 3), ...between, ...learned.slice(3)];
    const missed = blocked.map((event) =>
      event.kind === "call" &&
      event.call === "mmap" &&
      event.addr === 0x58000000 &&
      event.prot === 0
        ? { ...event, result: 0x48000000 }
        : event,
    );
    const found = caseOf(missed);
    const success = [...found.idioms].find((one) => one.class === "learned");
    if (success?.class !== "learned") throw new Error("nothing learned");
    const redone = found.run("redo", 0x31001000, 128 * M);
    expect(redone.address(success.map.object)).toBe(0x2c000000);
    const after = [...redone.program.ops].filter((op) => op.kind === "map");
    expect(after.map(({ pages }) => (pages * P) / M)).toEqual([128, 17, 64, 128]);
    expect(found.run("drop", 0x31001000, 128 * M).address(success.map.object)).toBe(0x2ff01000);
  });

  it("stops settling after 256 requests that go otherwise, and says how many it left", () => {
    const many = Array.from({ length: 300 }, (_, index) => {
      const at = 0x100000000 + index * 256 * M;
      const between = map(at + 64 * M, 81 * M);
      return [between, map(at, 64 * M, { ...N, ...hinted(0x58000000) })];
    }).flat();
    const found = caseOf([fixed(0x58000000, P), ...learned.slice(0, 3), ...many]);
    expect([...found.idioms].filter((one) => one.class === "learned")).toHaveLength(300);
    const { program, unsettled } = found.run("redo", 0x7ffff0001000, 128 * M);
    // 256 went otherwise, and one of the first 257 fitted.
    expect(unsettled).toBe(43);
    expect([...program.ops].filter((op) => op.kind === "map")).toHaveLength(1 + 2 * 300 + 256);
  });

  it("25: takes no equal request without hint for a learned one", () => {
    expect(classes([...arena(), map(0x44000000, 64 * M, N)])).toEqual(["trim"]);
  });

  const ladder = [
    map(0x30000000, M, hinted(0x60000000)),
    unmap(0x30000000, M),
    map(0x61000000, M, hinted(0x61000000)),
  ];

  it("41: climbs a ladder of hints to the first that is free", () => {
    const found = caseOf(ladder);
    const [idiom] = found.idioms;
    if (idiom?.class !== "ladder") throw new Error("no ladder");
    const run = (mode: "keep" | "redo" | "drop") => found.run(mode, 0x31000000, M);
    const maps = (mode: "keep" | "redo" | "drop") =>
      [...run(mode).program.ops].filter((op) => op.kind === "map").length;
    expect([maps("keep"), maps("redo"), maps("drop")]).toEqual([2, 1, 1]);
    expect(run("keep").address(idiom.map.object)).toBe(0x61000000);
    expect(run("redo").address(idiom.map.object)).toBe(0x60000000);
    expect(run("drop").address(idiom.map.object)).toBe(0x61000000);
  });
});

describe("a ladder of claimed addresses", () => {
  /** MAP_FIXED_NOREPLACE: EEXIST, or the address. */
  const claim = (at: number, taken: boolean): Event =>
    map(at, M, {
      ...{ addr: at, flags: 0x100022, ...N },
      ...(taken && { outcome: "error", error: "EEXIST", result: null }),
    });
  const busy = [fixed(0x60000000, P), fixed(0x61000000, P)];
  const climb = [claim(0x60000000, true), claim(0x61000000, true), claim(0x62000000, false)];
  const maps = (found: ReturnType<typeof caseOf>, mode: "keep" | "redo" | "drop") =>
    [...found.run(mode, 0x31000000, M).program.ops].filter((op) => op.kind !== "enter").slice(-3);

  it("ends where it did while what was in the way is there, and asks once when left out", () => {
    const found = caseOf([...busy, ...climb]);
    const [idiom] = found.idioms;
    if (idiom?.class !== "ladder") throw new Error("no ladder");
    expect(idiom.attempts).toHaveLength(2);
    for (const mode of ["keep", "redo", "drop"] as const)
      expect(found.run(mode, 0x31000000, M).address(idiom.map.object)).toBe(0x62000000);
    expect(maps(found, "redo").map(({ kind }) => kind)).toEqual(["probe", "probe", "map"]);
    expect(maps(found, "drop").map(({ kind }) => kind)).toEqual(["fix", "fix", "map"]);
  });

  it("ends at the first address that is free under the policy", () => {
    const found = caseOf([busy[0] ?? climb[0], ...climb].filter((one) => one !== undefined));
    const [idiom] = found.idioms;
    if (idiom?.class !== "ladder") throw new Error("no ladder");
    const redone = found.run("redo", 0x31000000, M);
    expect(redone.address(idiom.map.object)).toBe(0x61000000);
    expect(found.run("keep", 0x31000000, M).address(idiom.map.object)).toBe(0x62000000);
  });
});

describe("several areas in one reservation", () => {
  const at = 0x40400000;
  const found = caseOf([
    map(at, 32 * M, N),
    unmap(at, 12 * M),
    unmap(at + 28 * M, 4 * M),
    fixed(at + 12 * M, M, vfio),
    unmap(at + 13 * M, M),
    fixed(at + 14 * M, 14 * M, vfio, (2 * M) / P),
  ]);

  it("15: keeps them together, or asks for each", () => {
    const { map: reserve, align, regions } = trimOf(found);
    expect([align * P, regions]).toEqual([16 * M, true]);
    const redone = found.run("redo", 0x50001000, 32 * M);
    expect(redone.address(reserve.object)).toBe(0x51000000);
    expect(found.run("keep", 0x50001000, 32 * M).address(reserve.object) + 12 * M).toBe(0x50c01000);
    const fixes = [...redone.program.ops].filter((op) => op.kind === "fix" && op.area.file);
    expect(fixes.map((op) => op.kind === "fix" && redone.address(op.object))).toEqual([
      0x51000000, 0x51200000,
    ]);
    const asked = [...found.run("drop", 0x50001000, 32 * M).program.ops];
    expect(asked.filter((op) => op.kind !== "enter")).toMatchObject([
      { kind: "map", pages: M / P, area: { file: vfio, flags: 1 } },
      { kind: "map", pages: (14 * M) / P, area: { file: vfio, pgoff: (2 * M) / P } },
    ]);
  });
});

describe("after the trick", () => {
  it("29: an ordinary unmap stays where it is in the kept part", () => {
    const at = 0x71fc0000;
    const found = caseOf([
      map(at, 508 * K, { ...N, ...hinted(at) }),
      unmap(at + 256 * K, 252 * K),
      brk(100, 101),
      unmap(at + 52 * K, 204 * K),
    ]);
    const { object } = trimOf(found).map;
    for (const mode of ["keep", "redo", "drop"] as const)
      expect([...found.run(mode, 0x31000000, 508 * K).program.ops].at(-1)).toMatchObject({
        kind: "release",
        at: { object, offset: (52 * K) / P },
        pages: (204 * K) / P,
      });
  });

  it("19: two cuts of the same sizes are no accident, and 20: one is", () => {
    const twice = [0x92000000, 0x91800000].flatMap((at) => [map(at, 2 * M), unmap(at + M, M)]);
    const found = caseOf(twice);
    expect([...found.idioms].map((one) => one.class)).toEqual(["trim", "trim"]);
    const { map: reserve, align } = trimOf(found);
    expect(align * P).toBe(M);
    const run = (mode: "keep" | "redo") => found.run(mode, 0x92001000, 2 * M);
    expect(run("keep").address(reserve.object)).toBe(0x92001000);
    expect(run("redo").address(reserve.object)).toBe(0x92100000);
    expect(classes(twice.slice(0, 2))).toEqual(["shrink"]);
  });

  it("40: a child made after the last cut unmaps the kept part", () => {
    const found = caseOf([
      ...arena(),
      lifecycle("fork", 1, { child: 2 }),
      unmap(0x54000000, 64 * M, 2),
    ]);
    const redone = found.run("redo", 0x31000000, 128 * M);
    expect(redone.address(trimOf(found).map.object)).toBe(0x34000000);
    expect([...redone.program.ops].at(-1)).toMatchObject({
      kind: "release",
      at: { object: trimOf(found).map.object, offset: 0 },
      pages: (64 * M) / P,
    });
  });
});

describe("a branch that the recording hides", () => {
  const misaligned = (events: readonly Event[]): number => {
    const found = caseOf(events);
    const run = found.run("redo", 0x31001000, 64 * M);
    const objectPage = Float64Array.from(pages(found, run));
    return misalignedOf(alignedOf(found.program, found.idioms), { objectPage }, P);
  };
  const pages = ({ program }: Case, { address }: Outcome): number[] =>
    Array.from({ length: program.objects + 1 }, (_, object) =>
      object === 0 ? 0 : address(object) / P,
    );

  it("is counted where a mapping that was a multiple of 1 MiB is none any more", () => {
    expect(misaligned([map(0x44000000, 64 * M, N)])).toBe(1);
    // It was none before, it is small, it is at its hint, or its program reserves more and cuts anyway.
    expect(misaligned([map(0x44001000, 64 * M, N)])).toBe(0);
    expect(misaligned([map(0x44000000, 64 * K, N)])).toBe(0);
    expect(misaligned([map(0x44000000, 64 * M, { ...N, ...hinted(0x44000000) })])).toBe(0);
    expect(misaligned(arena())).toBe(0);
  });
});
