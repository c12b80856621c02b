/** Forks are placed alike whether all events are at hand or only those around them. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeShelf } from "../../src/cli/shelf.ts";
import { Diagnostics } from "../../src/errors.ts";
import { placeForks } from "../../src/formats/order/forks.ts";
import type { Event } from "../../src/trace/event.ts";
import { logOf } from "../../src/trace/log-writer.ts";
import { wholeForks } from "../support/whole-forks.ts";

const page = 4096;
const base = 2 ** 20;
const seed = 20_261_127;

/** What one of the tasks does next: begin something, or end what it has begun. */
interface Step {
  readonly task: number;
  readonly does: "map" | "unmap" | "fork" | "thread" | "exit";
  readonly at: number;
  readonly pages: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  task: fc.nat(5),
  does: fc.constantFrom("map", "map", "map", "unmap", "unmap", "fork", "thread", "exit"),
  at: fc.nat(12),
  pages: fc.integer({ min: 1, max: 4 }),
});

/** Tasks that begin and end calls, a line each; a child may call before its fork has returned. */
class Machine {
  readonly #tasks: number[] = [1];
  readonly #begun = new Map<number, Step & { readonly line: number; readonly child: number }>();
  readonly events: Event[] = [];
  #line = 0;
  #ids = 1;

  take(step: Step): void {
    const pid = this.#tasks[step.task % this.#tasks.length];
    if (pid === undefined) return;
    this.#line += 1;
    const begun = this.#begun.get(pid);
    if (begun !== undefined) {
      this.#begun.delete(pid);
      this.#end(pid, begun);
    } else if (step.does === "exit") {
      if (this.#tasks.length === 1) return;
      this.#tasks.splice(this.#tasks.indexOf(pid), 1);
      this.events.push({ kind: "lifecycle", lifecycle: "exit", line: this.#line, pid });
    } else {
      const isBirth = step.does === "fork" || step.does === "thread";
      const child = isBirth ? ++this.#ids : 0;
      this.#begun.set(pid, { ...step, line: this.#line, child });
      if (step.does === "fork") this.#tasks.push(child);
    }
  }

  #end(
    pid: number,
    { does, at, pages, child, line: entryLine }: Step & { line: number; child: number },
  ): void {
    const common = { line: this.#line, pid, entryLine };
    if (does === "fork" || does === "thread") {
      if (does === "thread") this.#tasks.push(child);
      this.events.push({ kind: "lifecycle", lifecycle: does, ...common, child });
      return;
    }
    const call = { kind: "call", outcome: "ok", error: null, length: pages * page } as const;
    const place = (base + at) * page;
    this.events.push(
      does === "map"
        ? {
            ...call,
            ...common,
            call: "mmap",
            addr: 0,
            prot: 3,
            flags: 0x22,
            fd: -1,
            offset: 0,
            result: place,
          }
        : { ...call, ...common, call: "munmap", addr: place, result: 0 },
    );
  }
}

function eventsOf(steps: readonly Step[]): readonly Event[] {
  const machine = new Machine();
  for (const one of steps) machine.take(one);
  return machine.events;
}

const pageSize = 4096;

describe("forks among calls that overlap them", () => {
  it.each([true, false])("are placed as with all events at hand (%s)", (topDown) => {
    let moved = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 40, maxLength: 160, size: "max" }), (steps) => {
        const events = eventsOf(steps);
        const whole = wholeForks(events, topDown);
        const placed = [
          ...placeForks(logOf(events), { topDown, pageSize }, new Diagnostics(), makeShelf()),
        ];
        expect(placed).toEqual(whole);
        if (whole.some((event, index) => event !== events[index])) moved += 1;
      }),
      { seed, numRuns: 300 },
    );
    expect(moved).toBeGreaterThan(20);
  });

  it("stay where they are where too many overlap them, and are counted", () => {
    const machine = new Machine();
    const during = { task: 1, does: "map", at: 3, pages: 2 } as const;
    machine.take({ ...during, task: 0, does: "thread" });
    machine.take({ ...during, task: 0 });
    machine.take({ ...during, task: 0, does: "fork" });
    for (let count = 0; count < 400; count++) machine.take(during);
    machine.take({ ...during, task: 0 });
    const diagnostics = new Diagnostics();
    const { events } = machine;
    expect([...placeForks(events, { topDown: true, pageSize }, diagnostics)]).toEqual(events);
    expect(diagnostics.count("parse/undecided-order")).toBe(1);
  });
});
