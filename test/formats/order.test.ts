import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import type { Begun } from "../../src/formats/order/underway.ts";
import { Order } from "../../src/formats/order.ts";
import type { Call, Event } from "../../src/trace/event.ts";

const P = 4096;
const base = { kind: "call", pid: 1, outcome: "ok", error: null } as const;

/** A call on pages; `line` says which one it is. */
function mmap(line: number, result: number | null, pages: number, fixed = false): Call {
  const flags = fixed ? 0x32 : 0x22;
  const addr = fixed ? (result ?? 0) * P : 0;
  const common = { ...base, line, call: "mmap", addr, length: pages * P, prot: 3, fd: -1 } as const;
  return { ...common, flags, offset: 0, result: result === null ? null : result * P };
}
const munmap = (line: number, page: number, pages: number): Call => ({
  ...base,
  line,
  call: "munmap",
  addr: page * P,
  length: pages * P,
  result: 0,
});
const mprotect = (line: number, page: number, pages: number): Call => ({
  ...base,
  line,
  call: "mprotect",
  addr: page * P,
  length: pages * P,
  prot: 1,
  result: 0,
});

/** `begin` and `end` of calls by line, in the order given; the lines in the order of effect. */
function orderOf(
  calls: readonly Call[],
  steps: string,
): { lines: number[]; diagnostics: Diagnostics } {
  const lines: number[] = [];
  const diagnostics = new Diagnostics();
  const order = new Order((event) => lines.push(event.line), diagnostics);
  const space = {};
  const begun = new Map<number, Begun>();
  for (const step of steps.split(" ")) {
    const line = Number(step.slice(1));
    const call = calls.find((candidate) => candidate.line === line);
    if (call === undefined) throw new Error(step);
    if (step.startsWith("(")) {
      begun.set(line, order.begin(space, call));
    } else {
      const start = begun.get(line);
      if (start === undefined) order.add(space, call);
      else order.end(start, call);
    }
  }
  return { lines, diagnostics };
}

describe("calls that did not overlap", () => {
  it("keep their order, whatever their addresses say", () => {
    const calls = [mmap(1, 50, 4), mmap(2, 60, 4), munmap(3, 60, 4), mmap(4, 70, 1)];
    expect(orderOf(calls, "=1 (2 )2 =3 (4 )4").lines).toEqual([1, 2, 3, 4]);
  });
});

describe("calls that overlapped", () => {
  it("keep the order in which they returned where nothing tells", () => {
    const calls = [mprotect(1, 10, 1), mprotect(2, 20, 1), mprotect(3, 30, 1)];
    expect(orderOf(calls, "(1 (2 (3 )2 )3 )1").lines).toEqual([2, 3, 1]);
  });

  it("are put so that what was found free had been freed", () => {
    // strace-4.8-race-o-ttt-T.txt, lines 100 to 105: the map returned before the munmap did.
    const calls = [munmap(1, 60, 2), mmap(2, 59, 3)];
    expect(orderOf(calls, "(1 (2 )2 )1").lines).toEqual([1, 2]);
    expect(orderOf(calls, "(1 =2 )1").lines).toEqual([1, 2]);
  });

  it("are left as they returned where there are too many to compare", () => {
    // The munmap must have come first, which 1,023 calls beside it do not change, and 1,024 do.
    const among = (count: number) => {
      const lines = Array.from({ length: count }, (_, at) => at + 3);
      const calls = [
        munmap(1, 60, 2),
        mmap(2, 59, 3),
        ...lines.map((line) => mprotect(line, 9, 1)),
      ];
      const begin = lines.map((line) => `(${line}`).join(" ");
      return orderOf(calls, `${begin} (1 (2 )2 )1`);
    };
    const few = among(1023);
    expect(few.lines).toEqual([1, 2]);
    expect(few.diagnostics.count("parse/crowded-order")).toBe(0);
    const many = among(1024);
    expect(many.lines).toEqual([2, 1]);
    expect(many.diagnostics.count("parse/crowded-order")).toBe(1);
  });

  it("are put so that nobody names an address before it exists", () => {
    // The mprotect is of what lay there before.
    const calls = [mprotect(1, 60, 1), munmap(2, 60, 1), mmap(3, 60, 1)];
    expect(orderOf(calls, "(1 (2 (3 )3 )2 )1").lines).toEqual([2, 1, 3]);
  });

  it("are put so that what a call shrank was free when it was found", () => {
    const shrunk: Call = {
      ...base,
      line: 1,
      call: "mremap",
      addr: 60 * P,
      length: 4 * P,
      newLength: 2 * P,
      flags: 0,
      newAddr: null,
      result: 60 * P,
    };
    expect(orderOf([shrunk, mmap(2, 62, 2)], "(1 (2 )2 )1").lines).toEqual([1, 2]);
    // Of the two pages that it has freed the second search would have taken both.
    const searches = [mmap(2, 63, 1), mmap(3, 50, 2)];
    expect(orderOf([shrunk, ...searches], "=1 (2 (3 )3 )2").lines).toEqual([1, 2, 3]);
  });

  it("are undecided where a fixed mapping and another call are of one range", () => {
    const { lines, diagnostics } = orderOf(
      [mmap(1, 60, 4, true), mprotect(2, 60, 1)],
      "(1 (2 )2 )1",
    );
    expect(lines).toEqual([2, 1]);
    expect(diagnostics.count("parse/undecided-order")).toBe(1);
  });

  it("are put as first fit takes gaps from the top", () => {
    const calls = [mmap(1, 50, 4), mmap(2, 54, 4)];
    expect(orderOf(calls, "(1 (2 )1 )2").lines).toEqual([2, 1]);
    // A gap that was too small for the lower one tells nothing.
    const small = [mmap(1, 50, 4), mmap(2, 58, 2)];
    expect(orderOf(small, "(1 (2 )1 )2").lines).toEqual([1, 2]);
  });

  it("are put as first fit takes gaps from the bottom, where it did so before", () => {
    const calls = [mmap(1, 10, 1), mmap(2, 11, 1), mmap(3, 12, 1), mmap(4, 14, 2), mmap(5, 13, 1)];
    expect(orderOf(calls, "=1 =2 =3 (4 (5 )4 )5").lines).toEqual([1, 2, 3, 5, 4]);
  });

  it("are put so that a search did not pass a gap that fits", () => {
    const calls = [munmap(1, 60, 4), mmap(2, 50, 4)];
    expect(orderOf(calls, "(1 (2 )1 )2").lines).toEqual([2, 1]);
    // Unless another took it.
    const taken = [munmap(1, 60, 4), mmap(2, 60, 4), mmap(3, 50, 4)];
    expect(orderOf(taken, "(1 (2 (3 )1 )2 )3").lines).toEqual([1, 2, 3]);
  });

  it("are put as the whole gap tells in which one was placed", () => {
    // app-edge-ext4, lines 692 to 695: 0x58 pages were free; 0x50 at their top leave no room for 0x52.
    const free = munmap(1, 0x2a8, 0x58);
    const calls = [free, mmap(2, 0x207, 0x52), mmap(3, 0x2b0, 0x50)];
    expect(orderOf(calls, "=1 (2 (3 )2 )3").lines).toEqual([1, 3, 2]);
    // Without the gap nothing tells.
    expect(orderOf(calls, "(2 (3 )2 )3").lines).toEqual([2, 3]);
  });

  it("are put in a chain: freed, taken, and the next one below", () => {
    // app-edge-ext4, lines 595 to 599.
    const calls = [
      munmap(1, 0x400, 0xc0),
      mmap(2, 0x48c, 0x2f),
      mmap(3, 0x44c, 0x3c),
      munmap(4, 0x48c, 0x2f),
      mmap(5, 0x488, 0x33),
    ];
    expect(orderOf(calls, "=1 =2 (3 (5 =4 )3 )5").lines).toEqual([1, 2, 4, 5, 3]);
  });

  it("are counted where nothing tells which of two over one range came first", () => {
    const calls = [mmap(1, 60, 4, true), mmap(2, 61, 4, true)];
    const { lines, diagnostics } = orderOf(calls, "(1 (2 )2 )1");
    expect(lines).toEqual([2, 1]);
    expect(diagnostics.warnings.get("parse/undecided-order")).toMatchObject({ count: 1 });
  });

  it("wait for nothing that began after they returned", () => {
    const calls = [mmap(1, 60, 1), mmap(2, 59, 1), munmap(3, 40, 1)];
    const seen: number[] = [];
    const order = new Order((event) => seen.push(event.line), new Diagnostics());
    const space = {};
    const [first, second] = calls;
    if (first === undefined || second === undefined) throw new Error("calls");
    const one = order.begin(space, first);
    order.end(one, calls[0]);
    order.begin(space, second);
    expect(seen).toEqual([1]);
  });
});

describe("address spaces", () => {
  const born = (line: number): Event => ({
    kind: "lifecycle",
    lifecycle: "fork",
    line,
    pid: 1,
    child: 2,
  });
  const run = (steps: (order: Order, parent: object, child: object) => void): number[] => {
    const lines: number[] = [];
    steps(new Order((event) => lines.push(event.line), new Diagnostics()), {}, {});
    return lines;
  };
  it("do not wait for each other", () => {
    const lines = run((order, parent, child) => {
      order.begin(parent, mmap(1, 60, 1));
      order.add(child, mmap(2, 60, 1));
    });
    expect(lines).toEqual([2]);
  });

  it("are copied by a fork as they are when it begins", () => {
    const lines = run((order, parent, child) => {
      const fork = order.fork(parent);
      order.add(parent, mmap(1, 60, 1));
      order.born(parent, born(2), child, fork);
      order.add(child, mmap(3, 60, 1));
    });
    expect(lines).toEqual([2, 1, 3]);
  });

  it("are copied with what had begun before the fork", () => {
    const lines = run((order, parent, child) => {
      const before = order.begin(parent, munmap(1, 60, 1));
      const fork = order.fork(parent);
      order.born(parent, born(2), child, fork);
      order.add(child, mmap(3, 60, 1));
      order.end(before, munmap(1, 60, 1));
    });
    expect(lines).toEqual([1, 2, 3]);
  });

  it("are copied without what waited for the fork to end", () => {
    const lines = run((order, parent, child) => {
      const waiting = order.begin(parent, mmap(1, 59, 1));
      const fork = order.fork(parent);
      order.add(parent, mmap(2, 60, 1));
      order.end(waiting, mmap(1, 59, 1));
      order.born(parent, born(3), child, fork);
    });
    // The map below came second, and the one above began after the fork.
    expect(lines).toEqual([3, 2, 1]);
  });
});

/** Threads on a space of so many pages that takes gaps from the top. */
const pages = 64;

class Machine {
  readonly out: Call[] = [];
  readonly order: Order = new Order(
    (event) => event.kind === "call" && this.out.push(event),
    new Diagnostics(),
  );
  readonly #space = {};
  readonly #taken: boolean[] = new Array(pages).fill(false);
  readonly #mapped: { readonly at: number; readonly size: number }[] = [];
  readonly #running = new Map<number, { begun: Begun; call: Call; done: boolean }>();
  #line = 0;

  /** Let a thread begin a call, or do it, or return from it. */
  step(thread: number, unmap: boolean, pick: number, size: number): void {
    this.#line += 1;
    const current = this.#running.get(thread);
    if (current === undefined) this.#begin(thread, unmap, pick, size);
    else if (current.done) this.#return(thread, current.begun, current.call);
    else {
      current.call = this.#effect(current.call);
      current.done = true;
    }
  }

  #begin(thread: number, unmap: boolean, pick: number, size: number): void {
    const [area] = unmap ? this.#mapped.splice(pick % (this.#mapped.length + 1), 1) : [];
    const call =
      area === undefined ? mmap(this.#line, null, size) : munmap(this.#line, area.at, area.size);
    const begun = this.order.begin(this.#space, call);
    this.#running.set(thread, { begun, call, done: false });
  }

  #effect(call: Call): Call {
    if (call.call === "munmap") {
      this.#taken.fill(false, Number(call.addr) / P, (Number(call.addr) + Number(call.length)) / P);
    }
    if (call.call !== "mmap") return call;
    const size = Number(call.length) / P;
    let at = pages - size;
    while (at >= 0 && this.#taken.slice(at, at + size).includes(true)) at -= 1;
    if (at < 0) return { ...call, outcome: "error", error: "ENOMEM" };
    this.#taken.fill(true, at, at + size);
    return { ...call, result: at * P };
  }

  #return(thread: number, begun: Begun, call: Call): void {
    this.#running.delete(thread);
    this.order.end(begun, { ...call, line: this.#line });
    if (call.call !== "mmap" || call.result === null) return;
    this.#mapped.push({ at: Number(call.result) / P, size: Number(call.length) / P });
  }

  /** Let every call return. */
  finish(): void {
    for (const thread of [...this.#running.keys()]) {
      while (this.#running.has(thread)) this.step(thread, false, 0, 1);
    }
  }
}

it("never lets a search find what is mapped, nor an munmap what is free", () => {
  const choice = fc.record({
    thread: fc.nat(3),
    unmap: fc.boolean(),
    pick: fc.nat(50),
    size: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(choice, { minLength: 10, maxLength: 150 }), (choices) => {
      const machine = new Machine();
      for (const { thread, unmap, pick, size } of choices) machine.step(thread, unmap, pick, size);
      machine.finish();
      const taken: boolean[] = new Array(pages).fill(false);
      for (const call of machine.out) {
        if (call.outcome !== "ok" || (call.call !== "mmap" && call.call !== "munmap")) continue;
        const at = Number(call.call === "mmap" ? call.result : call.addr) / P;
        const end = at + Number(call.length) / P;
        expect(taken.slice(at, end)).not.toContain(call.call === "mmap");
        taken.fill(call.call === "mmap", at, end);
      }
    }),
    { numRuns: 300 },
  );
});
