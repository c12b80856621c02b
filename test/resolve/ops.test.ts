/** Do ops come out of their table as they went in? */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { policyFor, resolveTrace } from "../../src/pipeline.ts";
import { OpWriter } from "../../src/resolve/op-writer.ts";
import { Ops } from "../../src/resolve/ops.ts";
import type { Area, Op } from "../../src/resolve/program.ts";
import type { Shelf } from "../../src/trace/block.ts";
import { shippedTrace, shippedTraces } from "../support/traces.ts";

const page = fc.integer({ min: -(2 ** 40), max: 2 ** 52 });
const object = fc.nat(2 ** 31 - 1);
const position = fc.record({ object, offset: page });
const area = fc.record<Area>(
  {
    backing: fc.constantFrom("anon", "shared-anon", "file"),
    file: fc.constantFrom({ id: 1, kind: "regular" }, { id: 2, kind: "vfio", device: "a b" }),
    prot: fc.nat(2 ** 33),
    shared: fc.boolean(),
    pgoff: fc.nat(2 ** 52),
    flags: fc.nat(2 ** 33),
    huge: fc.constantFrom(1, 512),
    name: fc.constantFrom("[heap]", "undefined"),
    shm: fc.nat(3),
    vmFlags: fc.constantFrom(["rd"], ["rd", "wr"]),
  },
  { requiredKeys: ["backing", "prot", "shared", "pgoff", "flags"] },
);
const from = { event: fc.integer({ min: -1, max: 2 ** 31 - 1 }), line: fc.nat(2 ** 32 - 1) };
const mapped = { pages: page, guard: fc.nat(2 ** 33), area, ...from };
const search = fc.constant({ line: 1, low: 2, high: 3 } as never);
const placing = {
  how: fc.constantFrom("place", "claim", "grow", "grow-in-place", "brk"),
  low32: fc.boolean(),
  above4g: fc.boolean(),
  startGap: fc.nat(2),
  searches: fc.array(search, { maxLength: 2 }),
  ...mapped,
};
/** Pages move from where a call mapped them, and stay there: object 0, the origin, is no source and never spared. */
const made = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const source = fc.record({ object: made, offset: page });
const choices = { kept: page, hint: position, source };
const required = <T extends object>(fields: T, optional: readonly string[]): never =>
  ({ requiredKeys: Object.keys(fields).filter((key) => !optional.includes(key)) }) as never;

const record = (fields: Record<string, fc.Arbitrary<unknown>>, ...optional: string[]) =>
  fc.record(fields, required(fields, optional)) as fc.Arbitrary<Op>;
const kind = (...kinds: readonly Op["kind"][]) => fc.constantFrom(...kinds);

const op: fc.Arbitrary<Op> = fc.oneof(
  record({ kind: kind("enter", "fork", "exit"), space: object, ...from }),
  record(
    { kind: kind("map"), object, recorded: page, ...placing, ...choices },
    ...["kept", "hint", "source"],
  ),
  record(
    { kind: kind("probe"), failed: fc.constantFrom("ENOMEM", "EEXIST"), ...placing, ...choices },
    ...["kept", "hint", "source"],
  ),
  record(
    {
      ...{ kind: kind("fix"), object, at: position, recorded: page, source: position },
      ...{ kept: page, align: page, alignOffset: page, ...mapped },
    },
    ...["source", "kept", "align", "alignOffset"],
  ),
  record(
    {
      ...{ kind: kind("release"), at: position, pages: page, ...from },
      spare: fc.record({ object: made, pages: page }),
    },
    "spare",
  ),
  record({ kind: kind("protect"), at: position, pages: page, prot: fc.nat(2 ** 33), ...from }),
  record({
    ...{ kind: kind("advise"), at: position, pages: page, ...from },
    change: fc.constantFrom({ set: "hg" }, { clear: "hg" }, { name: "hg" }, { name: null }),
  }),
  record({ kind: kind("discard", "touch"), at: position, pages: page, ...from }),
  record({
    ...{ kind: kind("snapshot"), source: fc.string(), exact: fc.boolean() },
    ...{ areas: fc.constant([]), ...from },
  }),
);

describe("a table of ops", () => {
  it("gives back every op as it was written, also after a copy or another thread", () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 200 }), fc.nat(200), (written, cut) => {
        const ops = OpWriter.opsOf(written);
        expect([...ops]).toEqual(written);
        expect(ops.at(written.length)).toBeUndefined();
        expect(ops.at(-1)).toBeUndefined();
        expect([...new Ops(structuredClone(ops.table))]).toEqual(written);
        const copy = new OpWriter(ops.table);
        copy.copy(ops.table, Math.min(cut, written.length), written.length);
        for (const one of written.slice(0, cut)) copy.push(one);
        expect([...copy.done()]).toEqual([...written.slice(cut), ...written.slice(0, cut)]);
      }),
    );
  });

  it("is made in its own place where no more ops come than were expected", () => {
    const property = fc.property(fc.array(op, { maxLength: 200 }), fc.nat(300), (written, room) => {
      const writer = new OpWriter(undefined, room);
      for (const one of written) writer.push(one);
      const ops = writer.done();
      expect([...ops]).toEqual(written);
      const { pages } = ops.table;
      const isWhole = written.length <= Math.max(room, 64);
      expect(pages.buffer.byteLength / 8).toBe(isWhole ? Math.max(room, 64) : written.length);
      expect([...new Ops(structuredClone(ops.table))]).toEqual(written);
    });
    fc.assert(property);
  });

  it("rests on a shelf if it is long, and comes back as it was, as often as it is asked for", () => {
    const [few] = fc.sample(fc.array(op, { minLength: 200, maxLength: 200 }), {
      numRuns: 1,
      seed: 20_261_127,
    });
    const written = OpWriter.opsOf(few ?? []);
    const writer = new OpWriter(written.table);
    while (writer.length < 2 ** 20) writer.copy(written.table, 0, written.length);
    const ops = writer.done();
    const { extras } = ops.table;
    let [put, taken] = [0, 0];
    const shelf: Shelf = (data) => {
      put += 1;
      const away = structuredClone(data);
      return () => {
        taken += 1;
        return structuredClone(away);
      };
    };
    for (const puts of [1, 0]) {
      const { table } = ops;
      put = 0;
      ops.rest(shelf);
      expect(put > 0).toBe(puts > 0);
      expect(ops.length).toBe(table.kind.length);
      taken = 0;
      for (let at = 0; at < 200; at++) expect(ops.at(at)).toEqual(written.at(at));
      expect(taken).toBeLessThanOrEqual(Object.keys(table).length);
      const stretches = [...ops.stretches()];
      expect(stretches.length).toBeGreaterThan(10);
      for (const { from, table: part } of stretches)
        expect(part.line.every((line, row) => line === table.line[from + row])).toBe(true);
      expect(ops.table === table).toBe(false);
      expect(ops.table.extras === extras).toBe(true);
      for (const at of [0, 199, 2 ** 19, ops.length - 200])
        expect(ops.at(at)).toEqual(written.at(at % written.length));
      const bytesOf = ({ buffer }: Float64Array) => Buffer.from(new Uint8Array(buffer));
      expect(bytesOf(ops.table.recorded).equals(bytesOf(table.recorded.slice()))).toBe(true);
    }
    expect(written.rest(shelf)).toBe(false);
  });

  it.each(shippedTraces)("holds each area of %s once", (name) => {
    const trace = shippedTrace(name);
    const { ops } = resolveTrace(trace, policyFor(trace.facts), new Diagnostics());
    const { areas } = ops.table;
    expect(new Set(areas).size).toBe(areas.length);
    expect(areas.length).toBeGreaterThan(0);
    const again = OpWriter.opsOf(ops);
    expect([...again]).toEqual([...ops]);
    expect(again.table.areas).toEqual(areas);
  });
});
