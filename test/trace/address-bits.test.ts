/** The width of addresses is what the events prove. */

import { describe, expect, it } from "vitest";
import type { Event, Search } from "../../src/trace/event.ts";
import { proven } from "../../src/trace/infer.ts";
import type { Facts } from "../../src/trace/trace.ts";
import { mmap } from "../support/events.ts";

const page = 4096;

/** A mapping that the kernel placed so many bytes below a power of two. */
const below = (bits: number, bytes: number): Event => mmap((2 ** bits - bytes) / page, 4);

const hinted = (start: number, pages: number): Event =>
  mmap(start / page, pages, { addr: start, flags: 0x22 });

const upward = (high: number): Search => ({
  ...{ kind: "search", line: 7, pid: 1, topDown: false, alignMask: 0, alignOffset: 0, error: null },
  ...{ length: page, low: 2 ** 37, high, result: 2 ** 37 },
});

const stackEnd = (bits: number): Event => ({
  ...{ kind: "snapshot", line: 1, pid: 1, source: "maps", exact: true },
  areas: [
    {
      ...{ line: 1, start: 2 ** bits - 2 ** 21, end: 2 ** bits - 2 ** 20, perms: "rw-p" },
      ...{ offset: 0, device: "00:00", inode: 0, path: "[stack]" },
    },
  ],
});

function bitsOf(arch: string, pageSize: number, ...events: readonly Event[]): Facts {
  const facts = { arch, pageSize, recorder: "strace", inferred: [] };
  return proven({ name: "some", facts, events }).facts;
}

describe("addresses", () => {
  it.each([
    ["39 bits of a Raspberry Pi", "arm64", page, [below(39, 2 ** 28)], 39],
    ["47 bits on pages of 16 KiB", "arm64", 16384, [below(47, 2 ** 28)], undefined],
    ["48 bits on pages of 16 KiB", "arm64", 16384, [below(48, 2 ** 28)], 48],
    ["42 bits on pages of 64 KiB", "arm64", 65536, [stackEnd(42)], 42],
    ["52 bits, by a hint", "arm64", page, [below(48, 2 ** 28), hinted(2 ** 50, 4)], 52],
    ["Sv39, by what the kernel placed", "riscv64", page, [below(38, 2 ** 28)], 38],
    ["Sv39, by the end of a search", "riscv64", page, [upward(2 ** 38)], 38],
    ["Sv57, by the end of a search", "riscv64", page, [upward(2 ** 56)], 56],
    ["Sv57, by a mapping across 2^47", "riscv64", page, [hinted(2 ** 47 - page, 4)], 56],
    ["five levels, by a mapping across 2^47", "x86-64", page, [hinted(2 ** 47 - page, 4)], 56],
    ["nothing, by a hint alone", "riscv64", page, [hinted(2 ** 38 - 2 ** 28, 4)], undefined],
    ["nothing, in the legacy layout", "riscv64", page, [mmap(0x2aaaaab, 4)], undefined],
  ])("tell %s", (_, arch, pageSize, events, bits) => {
    const { taskSizeBits, inferred } = bitsOf(arch, pageSize, ...events);
    expect(taskSizeBits).toBe(bits);
    expect(inferred).toHaveLength(bits === undefined ? 0 : 1);
  });

  it.each([
    ["Sv39 on riscv", [below(38, 2 ** 28)], { arch: "riscv64", taskSizeBits: 38 }],
    ["39 bits on arm64", [below(39, 2 ** 28)], { arch: "arm64", taskSizeBits: 39 }],
    ["48 bits on arm64", [below(48, 2 ** 28)], { arch: "arm64", taskSizeBits: undefined }],
    ["no other than x86-64", [below(47, 2 ** 28), hinted(2 ** 50, 4)], { taskSizeBits: 56 }],
    ["nothing with two", [below(39, 2 ** 28), hinted(2 ** 46, 4)], { taskSizeBits: undefined }],
  ])("tell the architecture with them, %s", (_, events, expected) => {
    const facts = { pageSize: page, recorder: "strace", inferred: [] };
    const { arch, taskSizeBits } = proven({ name: "some", facts, events }).facts;
    expect({ arch, taskSizeBits }).toEqual({ arch: undefined, ...expected });
  });

  it("do not contradict a width that was recorded", () => {
    const facts = { arch: "riscv64", pageSize: page, recorder: "strace", inferred: [] };
    const events = [below(38, 2 ** 28)];
    expect(proven({ name: "some", facts: { ...facts, taskSizeBits: 56 }, events }).facts).toEqual({
      ...facts,
      taskSizeBits: 56,
    });
  });
});
