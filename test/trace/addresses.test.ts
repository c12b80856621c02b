/** Addresses that are told by what was named before come back as they were, and never as something else. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeAddresses, encodeAddresses, isTold } from "../../src/trace/addresses.ts";
import { type Block, blockEvents } from "../../src/trace/block.ts";
import { decode, encode } from "../../src/trace/codec.ts";
import { packedLength } from "../../src/trace/encode-columns.ts";
import { encodeBlock } from "../../src/trace/encode-events.ts";
import type { Event } from "../../src/trace/event.ts";
import { logOf } from "../../src/trace/log-writer.ts";
import { type Packed, unpack } from "../../src/trace/packed.ts";
import { Malformed } from "../../src/trace/varint.ts";
import type { U64 } from "../../src/units.ts";
import { shippedTrace, shippedTraces } from "../support/traces.ts";
import { event } from "./arbitrary.ts";

const seed = 20_261_127;

function blockOf(events: readonly Event[]): Block {
  const [slot] = logOf(events).slots;
  if (slot === undefined) throw new Error("no block");
  return slot.block();
}

const toldOf = ({ columns }: Block): readonly [number, Packed][] =>
  [...columns].filter(([id]) => isTold(id)).sort(([a], [b]) => a - b);

/** The told columns of a block from bytes that need not be its own, less what no double holds. */
function decoded(
  block: Block,
  bytes: Uint8Array,
): readonly (readonly [number, readonly number[]])[] {
  const counts = new Map(toldOf(block).map(([id, { count }]) => [id, count]));
  const columns = decodeAddresses(block, counts, { bytes, wide: new Map() });
  return [...columns].map(([id, packed]) => [id, [...unpack(packed)]] as const);
}

const original = (block: Block): ReturnType<typeof decoded> =>
  toldOf(block).map(([id, packed]) => [id, [...unpack(packed)]] as const);

const base = { kind: "call", outcome: "ok", error: null, result: 0 } as const;
const none = { prot: 3, flags: 0x22, fd: -1, offset: 0 } as const;

/** A program that maps, changes and unmaps what it has, as programs do, in a few tasks. */
const programs = fc
  .array(fc.record({ pid: fc.integer({ min: 1, max: 3 }), what: fc.nat(5), pick: fc.nat(1000) }), {
    minLength: 1,
    maxLength: 300,
  })
  .map((steps) => {
    let lowest = 0x7f00_0000_0000;
    const mapped: { addr: number; length: number }[] = [];
    return steps.map(({ pid, what, pick }, index): Event => {
      const line = index + 1;
      const known = mapped[pick % Math.max(1, mapped.length)];
      if (known === undefined || what < 2) {
        const length = 4096 * (1 + (pick % 17)) - (pick % 3);
        lowest -= 4096 * Math.ceil(length / 4096);
        mapped.push({ addr: lowest, length });
        return { ...base, call: "mmap", line, pid, addr: 0, length, result: lowest, ...none };
      }
      if (what === 2) return { ...base, call: "munmap", line, pid, ...known };
      if (what === 3) return { ...base, call: "mprotect", line, pid, ...known, prot: pick % 8 };
      const addr: U64 = 4096 * pick;
      if (what === 4) return { ...base, call: "brk", line, pid, addr, result: addr };
      const rest = { newLength: 2 * known.length, flags: 1, newAddr: null, result: lowest };
      return { ...base, call: "mremap", line, pid, ...known, ...rest };
    });
  });

describe("addresses, lengths and results", () => {
  it("come back from the bytes that tell them, of any events", () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 60 }), (events) => {
        const block = blockOf(events);
        const bytes = encodeAddresses(block);
        expect(bytes.length > 0).toBe(toldOf(block).length > 0);
        if (bytes.length > 0) expect(decoded(block, bytes)).toEqual(original(block));
      }),
      { numRuns: 300, seed },
    );
  });

  it("come back from the bytes that tell them, of what programs do", () => {
    fc.assert(
      fc.property(programs, (events) => {
        const block = blockOf(events);
        expect(decoded(block, encodeAddresses(block))).toEqual(original(block));
      }),
      { numRuns: 200, seed },
    );
  });

  it("of what was mapped take no room where it is unmapped in the same order", () => {
    const maps = Array.from({ length: 1000 }, (_, index): Event => {
      const result = 0x7f00_0000_0000 - 4096 * 2000 * index - 4096 * ((index * index) % 1009);
      return { ...base, call: "mmap", line: index, pid: 1, addr: 0, length: 8192, result, ...none };
    });
    const unmaps = maps.flatMap((map): Event[] =>
      map.kind === "call" && map.call === "mmap"
        ? [{ ...base, call: "munmap", line: 1, pid: 1, addr: map.result ?? 0, length: 8192 }]
        : [],
    );
    const takenBy = (events: readonly Event[]) => packedLength(encodeAddresses(blockOf(events)));
    const alone = takenBy(maps);
    expect(alone).toBeGreaterThan(500);
    expect(takenBy([...maps, ...unmaps]) - alone).toBeLessThan(50);
  });

  it("are refused or others where a byte is changed, and refused where one is missing or more", () => {
    fc.assert(
      fc.property(programs, fc.nat(), fc.integer({ min: 1, max: 255 }), (events, place, change) => {
        const block = blockOf(events);
        const bytes = encodeAddresses(block);
        const at = place % bytes.length;
        const changed = bytes.with(at, ((bytes[at] ?? 0) + change) % 256);
        let back: unknown;
        try {
          back = decoded(block, changed);
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed);
        }
        expect(back).not.toEqual(original(block));
        const cut = bytes.subarray(0, at);
        expect(() => decoded(block, cut)).toThrow(Malformed);
        expect(() => decoded(block, Uint8Array.of(...bytes, 0, 0, 0, 0))).toThrow(Malformed);
      }),
      { numRuns: 300, seed },
    );
  });

  it("come back where they are as large and as odd as a column holds", () => {
    const most = 2 ** 53 - 1;
    const events = [most, 1, most - 2, 4096, most].map((addr, index): Event => {
      return { ...base, call: "munmap", line: index, pid: 1, addr, length: most - index };
    });
    const block = blockOf(events);
    expect(decoded(block, encodeAddresses(block))).toEqual(original(block));
  });

  it("are refused of more events than a block has", () => {
    const block = blockOf([{ ...base, call: "shmdt", line: 1, pid: 1, addr: 4096 }]);
    const longer = { ...block, places: new Uint8Array(blockEvents + 1) };
    expect(() => decoded(longer, encodeAddresses(block))).toThrow("too many events");
  });
});

describe("a trace file", () => {
  it.each(shippedTraces)("of %s is read as it was written", (name) => {
    const trace = shippedTrace(name);
    expect([...decode(encode(trace), name).events]).toStrictEqual([...trace.events]);
  });

  it("are told unseen where those of a block before took much more in columns", () => {
    const events = Array.from({ length: 100 }, (_, index): Event => {
      const call = { ...base, call: "munmap", addr: 0x7000_0000, length: 4096 } as const;
      return { ...call, line: index + 1, pid: 1 };
    });
    const toldAfter = (address: number) => {
      const written = { strings: 0, files: 0, address };
      const { addresses } = encodeBlock(blockOf(events), written);
      return { isTold: addresses.bytes.length > 0, address: written.address };
    };
    const first = toldAfter(0);
    expect(first.isTold).toBe(false);
    expect(first.address).toBeGreaterThan(0);
    expect(toldAfter(first.address)).toEqual(first);
    expect(toldAfter(8)).toEqual({ isTold: true, address: 8 });
  });

  it("leave no measure for the next block where there are none", () => {
    const written = { strings: 0, files: 0, address: 0 };
    encodeBlock(blockOf([{ kind: "lost", line: 1, pid: 1, count: 2 }]), written);
    expect(written.address).toBe(0);
  });
});
