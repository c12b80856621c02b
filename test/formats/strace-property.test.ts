import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Diagnostics, MmreplayError } from "../../src/errors.ts";
import { strace } from "../../src/formats/strace.ts";
import type { Call, Event } from "../../src/trace/event.ts";
import { flagNames, mmapFlags, mremapFlags, protFlags } from "../../src/trace/flag-names.ts";
import { hex } from "../../src/units.ts";
import { eventText } from "../support/events-text.ts";
import { readWith, sample } from "../support/samples.ts";

/** How a strace prints, by version and options. */
interface Style {
  readonly pid: "leading" | "wide" | "comm";
  readonly time: "" | "1795351507.085989 " | "12:45:07.101192 " | "     0.000617 ";
  readonly duration: "" | " <0.000017>";
  readonly flags: "names" | "numbers" | "both";
  readonly named: boolean;
  readonly padding: number;
  readonly resumed: "resumed>" | "resumed> ";
  readonly null: "NULL" | "0";
}

const style: fc.Arbitrary<Style> = fc.record({
  pid: fc.constantFrom("leading", "wide", "comm"),
  time: fc.constantFrom("", "1795351507.085989 ", "12:45:07.101192 ", "     0.000617 "),
  duration: fc.constantFrom("", " <0.000017>"),
  flags: fc.constantFrom("names", "numbers", "both"),
  named: fc.boolean(),
  padding: fc.constantFrom(0, 1, 20),
  resumed: fc.constantFrom("resumed>", "resumed> "),
  null: fc.constantFrom("NULL", "0"),
});

type Request = { readonly call: "mmap" | "munmap" | "mprotect" | "mremap" | "brk" } & {
  readonly addr: number;
  readonly length: number;
  readonly prot: number;
  readonly flags: number;
};

interface Made {
  readonly request: Request;
  readonly tid: number;
  readonly result: number;
  readonly error: boolean;
  /** Lines of other tasks between the start of the call and its end; 0 for one line. */
  readonly apart: number;
}

const page = (max: number): fc.Arbitrary<number> => fc.nat({ max }).map((n) => n * 4096);
const address = page(2 ** 35 - 1);

const made: fc.Arbitrary<Made> = fc.record({
  request: fc.record({
    call: fc.constantFrom("mmap", "munmap", "mprotect", "mremap", "brk"),
    addr: address,
    length: fc.integer({ min: 1, max: 2 ** 40 }),
    prot: fc.constantFrom(0, 1, 3, 5, 7, 0x1000_0003),
    flags: fc.constantFrom(0x22, 0x4022, 0x21, 0x7804_0022, 0x2_0022),
  }),
  tid: fc.constantFrom(4711, 4712, 4713),
  result: address,
  error: fc.boolean(),
  apart: fc.constantFrom(0, 0, 1, 3),
});

function argsOf({ call, addr, length, prot, flags }: Request, s: Style): string {
  const bits = (names: string[], value: number): string => {
    const text = names.join("|") || (call === "mprotect" || call === "mmap" ? "PROT_NONE" : "0");
    if (s.flags === "names") return text;
    return s.flags === "numbers" ? hex(value) : `${hex(value)} /* ${text} */`;
  };
  const at = addr === 0 ? s.null : hex(addr);
  const protection = bits(flagNames(protFlags, prot), prot);
  const list: [string, string][] = {
    mmap: [
      ["addr", at],
      ["length", String(length)],
      ["prot", protection],
      ["flags", bits(flagNames(mmapFlags, flags), flags)],
      ["fd", s.flags === "numbers" ? "0xffffffff" : "-1"],
      ["offset", "0"],
    ] as [string, string][],
    munmap: [
      ["addr", at],
      ["length", String(length)],
    ] as [string, string][],
    mprotect: [
      ["addr", at],
      ["length", String(length)],
      ["prot", protection],
    ] as [string, string][],
    mremap: [
      ["old_address", at],
      ["old_size", String(length)],
      ["new_size", String(length)],
      ["flags", bits(flagNames(mremapFlags, 1), 1)],
    ] as [string, string][],
    brk: [["addr", at]] as [string, string][],
  }[call];
  return list.map(([name, value]) => (s.named ? `${name}=${value}` : value)).join(", ");
}

const resultOf = ({ request, result, error }: Made): string => {
  if (request.call === "brk") return hex(result);
  if (error) return "-1 ENOMEM (Cannot allocate memory)";
  return request.call === "mmap" || request.call === "mremap" ? hex(result) : "0";
};

const prefixOf = (tid: number, s: Style): string =>
  `${{ leading: `${tid} `, wide: `${tid}  `, comm: `${tid}<a (b> ` }[s.pid]}${s.time}`;

/** The text of the calls, with the ends of some calls after the starts of others. */
function print(calls: readonly Made[], s: Style): string {
  const lines: string[] = [];
  const open = new Map<number, { call: Made; due: number }>();
  const end = (tid: number): void => {
    const started = open.get(tid);
    if (started === undefined) return;
    open.delete(tid);
    const { call } = started;
    const name = call.request.call;
    lines.push(`${prefixOf(tid, s)}<... ${name} ${s.resumed}) = ${resultOf(call)}${s.duration}`);
  };
  for (const call of calls) {
    end(call.tid);
    for (const [tid, { due }] of open) if (due <= lines.length) end(tid);
    const { request, tid, apart } = call;
    const head = `${prefixOf(tid, s)}${request.call}(${argsOf(request, s)}`;
    if (apart > 0) {
      open.set(tid, { call, due: lines.length + apart });
      lines.push(`${head} <unfinished ...>`);
    } else lines.push(`${head})${" ".repeat(s.padding)} = ${resultOf(call)}${s.duration}`);
  }
  for (const tid of [...open.keys()]) end(tid);
  return `${lines.join("\n")}\n`;
}

/** What a call says, whatever the style. */
function essence(call: Made): string {
  const { request, error, result, tid } = call;
  const { addr, length, prot, flags } = request;
  const placed = request.call === "mmap" || request.call === "mremap" || request.call === "brk";
  const end = error && request.call !== "brk" ? "ENOMEM" : hex(placed ? result : 0);
  const details = { mmap: `${prot} ${flags}`, mprotect: `${prot}` } as Record<string, string>;
  const size = request.call === "brk" ? "" : length;
  return `${tid} ${request.call} ${addr} ${size} ${details[request.call] ?? ""} = ${end}`;
}

function essenceOf(call: Call): string {
  const { addr, length = "", prot = 0, flags = 0 } = call as Partial<Request> & Call;
  const end = call.outcome === "ok" ? hex(call.result ?? 0) : call.error;
  const details = { mmap: `${prot} ${flags}`, mprotect: `${prot}` } as Record<string, string>;
  return `${call.pid} ${call.call} ${addr} ${length} ${details[call.call] ?? ""} = ${end}`;
}

const callsOf = (events: readonly Event[]): Call[] => events.filter((e) => e.kind === "call");

describe("a text printed in any style", () => {
  it("gives back the calls of each task in their order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(made, { minLength: 1, maxLength: 30 }), style, async (calls, s) => {
        const { events } = await readWith(strace, print(calls, s));
        for (const tid of [4711, 4712, 4713]) {
          const seen = callsOf(events).filter((call) => call.pid === tid);
          const wanted = calls.filter((call) => call.tid === tid);
          expect(seen.map(essenceOf)).toEqual(wanted.map(essence));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("gives the same events wherever it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(made, { minLength: 1, maxLength: 10 }),
        style,
        fc.integer({ min: 1, max: 50 }),
        async (calls, s, chunk) => {
          const text = print(calls, s);
          const whole = await readWith(strace, text, text.length);
          const cut = await readWith(strace, text, chunk);
          expect(cut.events).toEqual(whole.events);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("any bytes", () => {
  const names = [
    "strace-4.8-y-paths.txt",
    "strace-6.13-pid-brackets-tt-T.txt",
    "strace-7.2-color.txt",
    "strace-7.2-thread-exec-brackets.txt",
    "strace-7.2-pidns.txt",
  ];
  const change = fc.record({
    at: fc.nat({ max: 20_000 }),
    remove: fc.nat({ max: 40 }),
    insert: fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom(
        "\n",
        "(",
        ")",
        "<",
        ">",
        '"',
        " = ",
        ", ",
        " <unfinished ...>",
        "<... mmap resumed>",
        "\0",
        "\x1b[",
      ),
    ),
  });

  it("end in events or in an error of ours, with every event on a line", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(change, { minLength: 1, maxLength: 20 }),
        async (name, changes) => {
          let text = sample(name).toString("latin1");
          for (const { at, remove, insert } of changes) {
            const from = at % text.length;
            text = text.slice(0, from) + insert + text.slice(from + remove);
          }
          const events: Event[] = [];
          const chunks = (async function* () {
            yield Buffer.from(text, "latin1");
          })();
          const diagnostics = new Diagnostics();
          try {
            await strace.read({ name, chunks }, (event) => events.push(event), diagnostics);
          } catch (error) {
            if (!(error instanceof MmreplayError)) throw error;
          }
          for (const event of events) {
            expect(event.line).toBeGreaterThan(0);
            expect(eventText(event)).toMatch(/^[\d.]+ /);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
