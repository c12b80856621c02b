import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MmreplayError } from "../../src/errors.ts";
import { blockEvents } from "../../src/trace/block.ts";
import { decode, encode } from "../../src/trace/codec.ts";
import { readContainer, writeContainer } from "../../src/trace/container.ts";
import type { Event } from "../../src/trace/event.ts";
import { mmreplay } from "../../src/trace/generated/trace.js";
import type { Trace } from "../../src/trace/trace.ts";
import { joined } from "../../src/trace/varint.ts";
import { listed } from "../support/events.ts";
import { event, trace } from "./arbitrary.ts";

const small: Trace = {
  name: "small",
  facts: { pageSize: 4096, recorder: "perf", inferred: [], stackLimit: null },
  events: fc.sample(event, { numRuns: 40 }),
};

/** The error of decoding these bytes; the test fails if there is none. */
function errorOf(bytes: Uint8Array): MmreplayError {
  try {
    decode(bytes, "bad.mmtrace");
  } catch (error) {
    if (error instanceof MmreplayError) return error;
    throw error;
  }
  throw new Error("decoded without an error");
}

describe("the trace file", () => {
  it("gives back every event and every fact", () => {
    fc.assert(
      fc.property(trace, (original) => {
        expect(listed(decode(encode(original), "x"))).toStrictEqual(listed(original));
      }),
      { numRuns: 300 },
    );
  });

  it("gives back numbers above 2^53 with their type", () => {
    const addr = 0xffff_ffff_ff60_0000n;
    const events: readonly Event[] = [
      { kind: "fault", line: 1, pid: 1, addr },
      { kind: "fault", line: 2, pid: 1, addr: 4096 },
    ];
    const back = listed(decode(encode({ ...small, events }), "x")).events;
    expect(back.map((fault) => fault.kind === "fault" && fault.addr)).toEqual([addr, 4096]);
  });

  it("numbers strings and files through all blocks", () => {
    const events = Array.from({ length: blockEvents + 3 }, (_, index): Event => {
      const code = `parse/kind-${index % 7}`;
      return { kind: "warning", line: index + 1, pid: null, code };
    });
    expect(listed(decode(encode({ ...small, events }), "x")).events).toEqual(events);
  });

  it("keeps seconds since 1970 with nanoseconds exact", () => {
    const times = [...["1795352605.123456789", "1795352605.123457123"].map(Number), 0.1, 3e-9];
    const events = times.map((time, line): Event => ({ kind: "lost", line, pid: 1, time }));
    for (const some of [events, events.slice(0, 2), events.slice(2)]) {
      expect(listed(decode(encode({ ...small, events: some }), "x")).events).toEqual(some);
    }
  });
});

describe("a trace file of the first version", () => {
  it("is read, and written in the current one with the same events", () => {
    const path = join(import.meta.dirname, "version-1.mmtrace");
    const bytes = readFileSync(path);
    const old = decode(bytes, "version-1");
    const events = listed(old).events;
    expect([bytes[8], events.length]).toEqual([1, 20]);
    const bar = events.find((one) => "file" in one && one.file?.kind === "vfio");
    expect(bar).toMatchObject({ call: "mmap", length: 2 ** 28, file: { device: "0000:00:09.0" } });
    const again = encode(old);
    expect(again[8]).toBe(4);
    expect(listed(decode(again, "again"))).toStrictEqual(listed(old));
  });
});

describe("a trace file of the second version", () => {
  it("is read, and written in the current one with the same events", () => {
    const bytes = readFileSync(join(import.meta.dirname, "version-2.mmtrace"));
    const old = decode(bytes, "version-2");
    const { events } = listed(old);
    expect([bytes[8], events.length]).toEqual([2, 761]);
    const results = events.flatMap((one) => (one.kind === "call" ? [one.result] : []));
    const sum = results.reduce<number>((all, result) => (all + Number(result)) % 2 ** 40, 0);
    expect(sum).toBe(38_385_524_736);
    expect(events.at(-1)).toEqual({
      kind: "lifecycle",
      lifecycle: "exit",
      line: 879,
      pid: 28_984,
      time: 1_795_351_575.874829,
    });
    const again = encode(old);
    expect(again[8]).toBe(4);
    expect(again.length).toBeLessThanOrEqual(bytes.length);
    expect(listed(decode(again, "again"))).toStrictEqual(listed(old));
  });
});

describe("a trace file of the third version", () => {
  it("is read, and written in the current one with the same events", () => {
    const bytes = readFileSync(join(import.meta.dirname, "version-3.mmtrace"));
    const old = decode(bytes, "version-3");
    const { events } = listed(old);
    expect([bytes[8], events.length]).toEqual([3, 765]);
    const results = events.flatMap((one) => (one.kind === "call" ? [one.result] : []));
    const sum = results.reduce<number>((all, result) => (all + Number(result)) % 2 ** 40, 0);
    expect(sum).toBe(38_385_524_736);
    const again = encode(old);
    expect(again[8]).toBe(4);
    expect(again.length).toBeLessThanOrEqual(bytes.length);
    expect(listed(decode(again, "again"))).toStrictEqual(listed(old));
  });
});

/** Faults and calls whose times and addresses are noise, so that a block of bits stands in the file. */
const done = { outcome: "ok", result: 0, error: null } as const;
const noisy: Trace = {
  ...small,
  events: fc.sample(fc.nat(2 ** 20), { numRuns: 300 }).map((value, line): Event => {
    const time = 1_795_352_605 + line / 100 + (value % 9000) / 1e6;
    const base = { line: line + 1, pid: 1 + (value % 3), time };
    if (value % 2 === 0) return { ...base, kind: "fault", addr: 4096 * value };
    const range = { addr: 4096 * (value % 64), length: 4096 * (value % 9) };
    return { ...base, kind: "call", call: "munmap", ...range, ...done };
  }),
};

/** What comes of bytes: the code of an error, or `read` for as many events as there were. */
function outcomeOf(bytes: Uint8Array, events: number): string {
  try {
    const trace = decode(bytes, "changed.mmtrace");
    expect([...trace.events]).toHaveLength(events);
    return "read";
  } catch (error) {
    if (error instanceof MmreplayError) return error.code;
    throw error;
  }
}

describe("a damaged trace file", () => {
  it("is refused with its place wherever it is cut", () => {
    const bytes = encode(small);
    for (let length = 0; length < bytes.length; length++) {
      const error = errorOf(bytes.slice(0, length));
      expect(error.code).toBe("trace/damaged");
      expect(error.message).toMatch(/at byte \d+$/);
    }
  });

  it("is refused where bytes stand behind its end", () => {
    const bytes = encode(small);
    const error = errorOf(new Uint8Array([...bytes, 0]));
    expect(error.code).toBe("trace/damaged");
    expect(error.message).toContain(`bytes after the end at byte ${bytes.length}`);
  });

  it("is refused wherever a byte is changed", () => {
    const bytes = encode(small);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = bytes.slice();
        changed[at] = ((changed[at] ?? 0) + change) % 256;
        expect(errorOf(changed).code).toMatch(/^trace\/(?:damaged|newer)$/);
        expect(errorOf(changed).hint).toBeDefined();
      }),
      { numRuns: 400 },
    );
  });

  it("is refused or read wherever what is below its checksums is changed", () => {
    const original = decode(encode(noisy), "x").events.length;
    const blocks = [...readContainer(encode(noisy), "x")];
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(255), (which, at, byte) => {
        const changed = blocks.map(({ kind, payload }, index) => {
          const copy = payload.slice();
          if (index === which % blocks.length) copy[at % copy.length] = byte;
          return { kind, payload: copy };
        });
        outcomes.add(outcomeOf(joined([...writeContainer(changed)]), original));
      }),
      { numRuns: 2000 },
    );
    expect([...outcomes].sort()).toEqual(["read", "trace/damaged"]);
  });

  it.each([2 ** 30, -(2 ** 30)])("is refused where a file has the id %d", (id) => {
    const events = fc.sample(event, { numRuns: 400 }).map((one) => {
      const file = "file" in one ? { ...one.file, id } : undefined;
      return file === undefined ? one : ({ ...one, file } as Event);
    });
    expect(errorOf(encode({ ...small, events })).message).toContain("is no id of a file");
  });

  it("of the first version is refused where a file has an id that is no whole number", () => {
    const column = { id: 0, coding: 0, count: 0, data: new Uint8Array(0), wide: new Uint8Array(0) };
    const message = { count: 0, files: [{ id: 1.5, kind: "regular" }], columns: [column] };
    const payload = mmreplay.trace.Events.encode(message).finish();
    const bytes = joined([...writeContainer([{ kind: "events", payload }])]);
    expect(errorOf(bytes).message).toContain("1.5 is no id of a file");
  });

  it("is named as text when line ends were changed on the way", () => {
    const bytes = encode(small);
    const text = bytes.filter((byte) => byte !== 0x0d);
    expect(errorOf(text).message).toContain("sent as text");
  });

  it("is not unpacked beyond the size that it announces", () => {
    const events = Array.from({ length: 5000 }, (): Event => ({ kind: "lost", line: 1, pid: 1 }));
    const bytes = encode({ ...small, events });
    const view = new DataView(bytes.buffer);
    const firstBlock = 12;
    view.setUint32(firstBlock + 4, 1, true);
    const packed = bytes.subarray(firstBlock + 16, firstBlock + 16 + view.getUint32(20, true));
    const head = crc32(bytes.subarray(firstBlock, firstBlock + 12));
    view.setUint32(firstBlock + 12, crc32(packed, head), true);
    expect(errorOf(bytes).message).toContain("does not unpack at byte 12");
  });

  it("of a later version asks for a later program", () => {
    const bytes = encode(small);
    new DataView(bytes.buffer).setUint32(8, 5, true);
    expect(errorOf(bytes).code).toBe("trace/newer");
  });
});
