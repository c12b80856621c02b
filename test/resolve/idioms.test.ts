import { describe, expect, it } from "vitest";
import type { Event } from "../../src/trace/event.ts";
import type { OpenFile } from "../../src/trace/file.ts";
import {
  caseOf,
  fixed,
  G,
  hinted,
  K,
  M,
  map,
  mapOf,
  memory,
  N,
  P,
  protect,
  refused,
  trimOf,
  unmap,
  vfio,
} from "./idiom-cases.ts";

interface Expected {
  readonly name: string;
  readonly calls: readonly Event[];
  readonly align: number;
  readonly kept: number;
  readonly placeholder?: true;
  /** The policy's answer to the reservation, and where the kept part lies in keep and redo. */
  readonly answer: number;
  readonly keep: number;
  readonly redo: number;
  /** Bytes cut in redo. */
  readonly cut?: readonly [head: number, tail: number];
  readonly drop: { readonly bytes: number; readonly prot?: number; readonly file?: OpenFile };
  readonly hint?: number;
}

const arena = map(0x50800000, 128 * M, N);
const arenaCuts = [unmap(0x50800000, 56 * M), unmap(0x50800000 + 120 * M, 8 * M)];
const page = map(0x71fc0000, 508 * K, { ...N, ...hinted(0x71fc0000) });
const pageCut = unmap(0x71fc0000 + 256 * K, 252 * K);

const cases: readonly Expected[] = [
  {
    name: "1: an arena with a head and a tail",
    calls: [arena, ...arenaCuts, protect(0x54000000, 132 * K)],
    ...{ align: 64 * M, kept: 64 * M, answer: 0x31000000, keep: 0x34800000, redo: 0x34000000 },
    cut: [48 * M, 16 * M],
    drop: { bytes: 64 * M, prot: 0 },
  },
  {
    name: "2: an arena whose first answer was aligned",
    calls: [map(0x28000000, 128 * M, N), unmap(0x28000000 + 64 * M, 64 * M)],
    ...{ align: 64 * M, kept: 64 * M, answer: 0x31000000, keep: 0x31000000, redo: 0x34000000 },
    cut: [48 * M, 16 * M],
    drop: { bytes: 64 * M, prot: 0 },
  },
  {
    name: "3: a page pool at its hint, one page less than twice the alignment",
    calls: [page, pageCut, protect(0x71fc0000, 256 * K)],
    ...{ align: 256 * K, kept: 256 * K, answer: 0x51fc0000, keep: 0x71fc0000, redo: 0x71fc0000 },
    cut: [0, 252 * K],
    drop: { bytes: 256 * K, prot: 0 },
    hint: 0x71fc0000,
  },
  {
    name: "4: a code range whose hint was missed",
    calls: [
      fixed(0x23cbc0000, P),
      map(0xc9a581000, 512 * M + 252 * K, { ...N, ...hinted(0x23cbc0000) }),
      unmap(0xc9a581000, 252 * K),
    ],
    ...{ align: 256 * K, kept: 512 * M, answer: 0xc9a600000, keep: 0xc9a63f000 },
    redo: 0xc9a600000,
    cut: [0, 252 * K],
    drop: { bytes: 512 * M, prot: 0 },
  },
  {
    name: "5: a cage with a head and no tail",
    calls: [map(0xf3a5b1000, 10 * G + 60 * K, N), unmap(0xf3a5b1000, 60 * K)],
    ...{ align: 64 * K, kept: 10 * G, answer: 0xf00003000, keep: 0xf00012000, redo: 0xf00010000 },
    cut: [52 * K, 8 * K],
    drop: { bytes: 10 * G, prot: 0 },
  },
  {
    name: "6: an alignment of 32 KiB",
    calls: [
      map(0x30005000, 20 * M + 28 * K, N),
      unmap(0x30005000, 12 * K),
      unmap(0x30005000 + 20 * M + 12 * K, 16 * K),
    ],
    ...{ align: 32 * K, kept: 20 * M, answer: 0x31001000, keep: 0x31004000, redo: 0x31008000 },
    cut: [28 * K, 0],
    drop: { bytes: 20 * M, prot: 0 },
  },
  {
    name: "7: guest memory with a guard",
    calls: [
      map(0x10066000, 1026 * M, N),
      fixed(0x10066000 + 1640 * K, G),
      unmap(0x10066000, 1640 * K),
      unmap(0x10066000 + G + 1644 * K, 404 * K),
    ],
    ...{ align: 2 * M, kept: G, answer: 0x20001000, keep: 0x2019b000, redo: 0x20200000 },
    cut: [2044 * K, 0],
    drop: { bytes: G, prot: 3 },
  },
  {
    name: "8: guest memory with a guard and no head",
    calls: [
      map(0x10200000, 1026 * M, N),
      fixed(0x10200000, G),
      unmap(0x10200000 + G + 4 * K, 2044 * K),
    ],
    ...{ align: 2 * M, kept: G, answer: 0x20001000, keep: 0x20001000, redo: 0x20200000 },
    cut: [2044 * K, 0],
    drop: { bytes: G, prot: 3 },
  },
  {
    name: "9: a placeholder with a guard",
    calls: [
      map(0x3598b000, 512 * M + 4 * K, N),
      fixed(0x3598b000, 512 * M, memory),
      map(0x20000000, 260 * K),
    ],
    ...{ align: P, kept: 512 * M, answer: 0x30001000, keep: 0x30001000, redo: 0x30001000 },
    placeholder: true,
    drop: { bytes: 512 * M, prot: 3, file: memory },
  },
  {
    name: "10: a small BAR",
    calls: [
      map(0x60c51000, 32 * K, N),
      unmap(0x60c51000, 12 * K),
      unmap(0x60c51000 + 28 * K, 4 * K),
      fixed(0x60c51000 + 12 * K, 16 * K, vfio),
    ],
    ...{ align: 16 * K, kept: 16 * K, answer: 0x60c02000, keep: 0x60c05000, redo: 0x60c04000 },
    cut: [8 * K, 8 * K],
    drop: { bytes: 16 * K, file: vfio },
  },
  {
    name: "11: a BAR with an empty head",
    calls: [
      map(0xa4000000, 64 * M, N),
      refused(0xa4000000, 0),
      unmap(0xa4000000 + 32 * M, 32 * M),
      fixed(0xa4000000, 32 * M, vfio),
    ],
    ...{ align: 32 * M, kept: 32 * M, answer: 0xa1000000, keep: 0xa1000000, redo: 0xa2000000 },
    cut: [16 * M, 16 * M],
    drop: { bytes: 32 * M, file: vfio },
  },
  {
    name: "12: any page of two",
    calls: [
      map(0x47000, 8 * K, N),
      refused(0x47000, 0),
      unmap(0x48000, 4 * K),
      fixed(0x47000, 4 * K, vfio),
    ],
    ...{ align: P, kept: 4 * K, answer: 0x51000, keep: 0x51000, redo: 0x51000 },
    cut: [0, 4 * K],
    drop: { bytes: 4 * K, file: vfio },
  },
  {
    name: "13: a region below a page",
    calls: [
      map(0xbe000, 512, N),
      refused(0xbe000, 0),
      refused(0xbe000 + 256, 256),
      fixed(0xbe000, 256, vfio),
    ],
    ...{ align: P, kept: P, answer: 0x51000, keep: 0x51000, redo: 0x51000 },
    placeholder: true,
    drop: { bytes: P, file: vfio },
  },
  {
    name: "14: a BAR of 2 GiB at 1 GiB",
    calls: [
      map(0x744000000, 3 * G, N),
      unmap(0x744000000, 960 * M),
      unmap(0x744000000 + 3008 * M, 64 * M),
      fixed(0x744000000 + 960 * M, 2 * G, vfio),
    ],
    ...{ align: G, kept: 2 * G, answer: 0x7c0001000, keep: 0x7fc001000, redo: 0x800000000 },
    cut: [G - 4 * K, 4 * K],
    drop: { bytes: 2 * G, file: vfio },
  },
  {
    name: "16: a list at its hint",
    calls: [
      map(0x100200000, 16 * G + 2 * M, { ...N, ...hinted(0x100200000) }),
      unmap(0x100200000 + 16 * G, 2 * M),
    ],
    ...{ align: 2 * M, kept: 16 * G, answer: 0x900000000, keep: 0x100200000, redo: 0x100200000 },
    cut: [0, 2 * M],
    drop: { bytes: 16 * G, prot: 0 },
    hint: 0x100200000,
  },
  {
    name: "17: a placeholder at its hint",
    calls: [
      map(0x100007000, 184 * K, { ...N, ...hinted(0x100007000) }),
      fixed(0x100007000, 184 * K, memory),
    ],
    ...{ align: P, kept: 184 * K, answer: 0x200000000, keep: 0x100007000, redo: 0x100007000 },
    placeholder: true,
    drop: { bytes: 184 * K, file: memory },
    hint: 0x100007000,
  },
  {
    name: "18: a placeholder of plain memory",
    calls: [map(0x2a000000, 32 * M, N), fixed(0x2a000000, 32 * M)],
    ...{ align: P, kept: 32 * M, answer: 0x2b001000, keep: 0x2b001000, redo: 0x2b001000 },
    placeholder: true,
    drop: { bytes: 32 * M, prot: 3 },
  },
  {
    name: "23: an arena after an aligned map that was unmapped",
    calls: [map(0x30000000, 64 * M, N), unmap(0x30000000, 64 * M), arena, ...arenaCuts],
    ...{ align: 64 * M, kept: 64 * M, answer: 0x31000000, keep: 0x34800000, redo: 0x34000000 },
    cut: [48 * M, 16 * M],
    drop: { bytes: 64 * M, prot: 0 },
  },
  {
    name: "27: an arena while another thread maps and unmaps",
    calls: [
      arena,
      unmap(0x50800000, 56 * M),
      map(0x10000000, M, { pid: 1 }),
      unmap(0x10000000, M),
      unmap(0x50800000 + 120 * M, 8 * M),
    ].map((event, index) => (index === 2 || index === 3 ? { ...event, pid: 2 } : event)),
    ...{ align: 64 * M, kept: 64 * M, answer: 0x31000000, keep: 0x34800000, redo: 0x34000000 },
    cut: [48 * M, 16 * M],
    drop: { bytes: 64 * M, prot: 0 },
  },
  {
    name: "29: a page pool that shrinks after use",
    calls: [page, pageCut, protect(0x71fc0000, 256 * K), unmap(0x71fc0000 + 52 * K, 204 * K)],
    ...{ align: 256 * K, kept: 256 * K, answer: 0x51fc0000, keep: 0x71fc0000, redo: 0x71fc0000 },
    cut: [0, 252 * K],
    drop: { bytes: 256 * K, prot: 0 },
    hint: 0x71fc0000,
  },
  {
    name: "37: an arena whose head goes in two calls",
    calls: [
      arena,
      unmap(0x50800000, 24 * M),
      unmap(0x50800000 + 24 * M, 32 * M),
      unmap(0x50800000 + 120 * M, 8 * M),
    ],
    ...{ align: 64 * M, kept: 64 * M, answer: 0x31000000, keep: 0x34800000, redo: 0x34000000 },
    cut: [48 * M, 16 * M],
    drop: { bytes: 64 * M, prot: 0 },
  },
  {
    name: "38: overlays in an aligned kept part",
    calls: [
      map(0xd474000, 7 * M, N),
      unmap(0xd474000, 1584 * K),
      unmap(0xd474000 + 6704 * K, 464 * K),
      fixed(0xd474000 + 1584 * K, 2 * M),
      fixed(0xd474000 + 3632 * K, M, memory),
    ],
    ...{ align: 2 * M, kept: 5 * M, answer: 0x20001000, keep: 0x2018d000, redo: 0x20200000 },
    cut: [2044 * K, 4 * K],
    drop: { bytes: 5 * M, prot: 0 },
  },
];

describe.each(cases)("case $name", (one) => {
  const found = caseOf(one.calls);
  const { map: reserve, low } = trimOf(found);
  const bytes = reserve.pages * P;
  const { object } = reserve;

  it("is recognised with its alignment and kept part", () => {
    const trim = trimOf(found);
    expect(trim.class).toBe(one.placeholder ? "placeholder" : "trim");
    expect([trim.align * P, trim.kept * P]).toEqual([one.align, one.kept]);
  });

  it("keeps, redoes and drops", () => {
    const kept = found.run("keep", one.answer, bytes);
    expect([...kept.program.ops]).toEqual([...found.program.ops]);
    expect(kept.address(object) + low * P).toBe(one.keep);

    const redone = found.run("redo", one.answer, bytes);
    expect(redone.address(object)).toBe(one.redo);
    const release = [...redone.program.ops].find((op) => op.kind === "release" && op.spare);
    if (release?.kind === "release" && release.spare !== undefined) {
      const head = redone.address(object) - redone.address(release.at.object);
      const tail = (release.pages - release.spare.pages) * P - head;
      expect([head, tail]).toEqual(one.cut);
    } else expect(one.cut).toBeUndefined();

    const asked = mapOf(found.run("drop", one.answer, bytes).program, object);
    expect(asked && { bytes: asked.pages * P, prot: asked.area.prot }).toEqual({
      bytes: one.drop.bytes,
      prot: one.drop.prot ?? 3,
    });
    expect(asked?.area.file).toEqual(one.drop.file);
    if (one.hint !== undefined) expect((asked?.hint?.offset ?? 0) * P).toBe(one.hint);
  });
});
