/** What events prove is the same whether it is told from columns or from the events one by one. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Event } from "../../src/trace/event.ts";
import { MAP_POPULATE, MAP_SHARED } from "../../src/trace/flags.ts";
import { proven } from "../../src/trace/infer.ts";
import { logOf } from "../../src/trace/log-writer.ts";
import type { Trace } from "../../src/trace/trace.ts";
import { listed, mmap, search } from "../support/events.ts";
import { shippedTrace, shippedTraces } from "../support/traces.ts";
import { trace } from "./arbitrary.ts";

const seed = 20_261_127;

/** A trace of these events in columns, and in a list, in which nothing can be told from columns. */
const both = (one: Trace): readonly [Trace, Trace] => {
  const events = [...one.events];
  return [
    { ...one, events: logOf(events) },
    { ...one, events },
  ];
};

const traceOf = (...events: readonly Event[]): Trace => ({
  name: "some",
  facts: { pageSize: 4096, recorder: "strace", inferred: [] },
  events,
});

const plain = mmap(0x7000, 4);
const ring = mmap(0x7010, 4, { flags: MAP_SHARED + MAP_POPULATE, fd: 3, offset: 0x800_0000 });
const wide = mmap(2 ** 35, 4, { addr: 2 ** 47, flags: 0x32 });
const unplaced = mmap(0x7020, 4, { fd: 3, flags: 2, file: { id: 1, kind: "regular", path: "/a" } });

describe("what events prove", () => {
  it.each([
    ["nothing", plain, {}, undefined],
    ["rings of io_uring", ring, {}, "io-uring"],
    ["5-level paging", wide, { taskSizeBits: 56 }, undefined],
    ["a hook of files", unplaced, {}, "regular"],
  ])("is %s in columns as in a list", (_, event, facts, kind) => {
    const [columns, list] = both(traceOf(plain, event, plain)).map((one) => proven(one));
    if (columns === undefined || list === undefined) throw new Error("no traces");
    expect(listed(columns)).toEqual(listed(list));
    expect(columns.facts).toMatchObject(facts);
    expect(columns.facts.inferred).toHaveLength(event === plain || event === ring ? 0 : 1);
    expect(listed(columns).events[1]).toMatchObject(kind === undefined ? {} : { file: { kind } });
  });

  it.each([
    ["6.9.12", "device"],
    ["6.10.1", "bpf-map"],
    ["6.12.5", "bpf-map"],
    ["6.13.1", "device"],
  ])("is of Linux %s whether every file without a hook would be padded", (kernel, kind) => {
    const pmd = 512;
    const sought = search(0x8000, pmd);
    const unnamed = mmap(0x8000, pmd, { fd: 3, flags: 2, entryLine: sought.line });
    const { facts, ...rest } = traceOf(sought, unnamed);
    const { events } = listed(proven({ ...rest, facts: { ...facts, kernel } }));
    expect(events[1]).toMatchObject({ file: { kind } });
  });

  it("is the same of any events in columns and in a list", () => {
    fc.assert(
      fc.property(trace, (any) => {
        const [columns, list] = both(any).map((one) => listed(proven(one)));
        expect(columns).toEqual(list);
      }),
      { seed, numRuns: 300 },
    );
  });

  it.each(shippedTraces)("is in %s already", (name) => {
    const found = shippedTrace(name);
    expect(listed(proven(found))).toEqual(listed(found));
    expect(proven({ ...found, events: [...found.events] }).facts).toEqual(found.facts);
  });
});
