/** Calls that look like a trick and are none. */

import { describe, expect, it } from "vitest";
import type { Event } from "../../src/trace/event.ts";
import { lifecycle } from "../support/events.ts";
import {
  arena,
  caseOf,
  fixed,
  G,
  K,
  M,
  map,
  memory,
  N,
  protect,
  refused,
  unmap,
  vfio,
} from "./idiom-cases.ts";

const [reserved, head, tail] = arena();
const own = (...events: readonly (Event | undefined)[]): readonly Event[] =>
  events.filter((event) => event !== undefined);

const literals: readonly (readonly [string, readonly Event[], readonly string[]])[] = [
  ["26: a foreign call of its own", own(reserved, map(0x10000000, 4 * K), head, tail), []],
  [
    "28: another thread that protects a part",
    own(reserved, protect(0x50800000 + 56 * M, 4 * K, 2), head, tail),
    [],
  ],
  [
    "39: a fork before the first cut",
    own(reserved, lifecycle("fork", 1, { child: 2 }), head, tail),
    [],
  ],
  [
    "30: a first cut inside",
    [map(0x40000000, 16 * M, N), unmap(0x40400000, 4 * M), unmap(0x40000000, 4 * M)],
    [],
  ],
  [
    "31: a cut of no power of two",
    [map(0x40000000, 8 * M, N), unmap(0x40500000, 3 * M)],
    ["unexplained"],
  ],
  [
    "32: a kept part that is not the first multiple",
    [map(0x40000000, 32 * M, N), unmap(0x40000000, 16 * M)],
    ["unexplained"],
  ],
  [
    "33: map, unmap whole, map more",
    [map(0x40000000, 40 * K), unmap(0x40000000, 40 * K), map(0x40000000, 68 * K)],
    [],
  ],
  [
    "34: a reservation with an overlay that is unmapped whole",
    [map(0xcc0000000, 5 * G, N), fixed(0xcc0200000, 2 * G, vfio), unmap(0xcc0000000, 5 * G)],
    [],
  ],
  [
    "35: an image",
    [
      map(0x40000000, 2000 * K, { flags: 2, fd: 3, file: { id: 3, kind: "regular" } }),
      fixed(0x40000000 + 172 * K, 1420 * K, { id: 3, kind: "regular" }),
    ],
    [],
  ],
  [
    "36: a ring buffer",
    [
      map(0x40003000, 128 * K, N),
      fixed(0x40003000, 64 * K, memory),
      fixed(0x40003000 + 64 * K, 64 * K, memory),
    ],
    [],
  ],
  [
    "42: a claimed address",
    [map(0x40000000, M, { addr: 0x40000000, flags: 0x100022 }), unmap(0x40080000, 512 * K)],
    [],
  ],
  ["a failed cut elsewhere", own(reserved, refused(0x10000000, 0), head, tail), []],
];

describe.each(literals)("%s", (_, events, expected) => {
  it("stays literal in every mode", () => {
    const found = caseOf(events);
    expect([...found.idioms].map((one) => one.class)).toEqual(expected);
    for (const mode of ["keep", "redo", "drop"] as const)
      expect([...found.run(mode, 0x31000000, 128 * M).program.ops]).toEqual([...found.program.ops]);
  });
});
