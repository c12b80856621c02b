/** What each recorder would print of made-up calls is read back as these calls. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bpftrace } from "../../src/formats/bpftrace.ts";
import { ftrace } from "../../src/formats/ftrace.ts";
import { formats } from "../../src/formats/index.ts";
import { maps } from "../../src/formats/maps.ts";
import { perfScript } from "../../src/formats/perf-script.ts";
import { perfTrace } from "../../src/formats/perf-trace.ts";
import { pmap } from "../../src/formats/pmap.ts";
import type { Format } from "../../src/formats/types.ts";
import { errnoName } from "../../src/trace/errno.ts";
import type { Event } from "../../src/trace/event.ts";
import { flagNames, mmapFlags, mremapFlags, protFlags } from "../../src/trace/flag-names.ts";
import { readWith } from "../support/samples.ts";

/** A call by the fields of its tracepoint; a negative result is an errno. */
interface Made {
  readonly tid: number;
  readonly name: "mmap" | "munmap" | "mprotect" | "mremap" | "brk";
  readonly args: Readonly<Record<string, number>>;
  readonly result: number;
}

const page = 4096;
const address = fc.nat({ max: 2 ** 34 }).map((number) => (number + 16) * page);
const length = fc.integer({ min: 1, max: 2 ** 30 });
const tid = fc.constantFrom(7, 8, 4_194_303);
const failed = fc.constantFrom(-1, -12, -22);
const zero = fc.constant(0);
const noFile = 0xffff_ffff;
const fd = fc.constantFrom(noFile, 0, 3);
const mapFlags = fc.constantFrom(0x22, 0x2, 0x1, 0x4022, 0x20022, 0x8001);
const prot = fc.nat(7);

const fields = {
  mmap: fc.record({
    addr: fc.constant(0),
    len: length,
    prot,
    flags: mapFlags,
    fd,
    off: fc.nat(2 ** 20).map((number) => number * page),
  }),
  munmap: fc.record({ addr: address, len: length }),
  mprotect: fc.record({ start: address, len: length, prot }),
  mremap: fc.record({
    addr: address,
    old_len: length,
    new_len: length,
    flags: fc.constantFrom(0, 1, 3),
    new_addr: address,
  }),
  brk: fc.record({ brk: address }),
};

const ends = {
  mmap: fc.oneof(address, failed),
  munmap: fc.oneof(zero, failed),
  mprotect: fc.oneof(zero, failed),
  mremap: failed,
  brk: address,
} as const;

const call: fc.Arbitrary<Made> = fc
  .constantFrom("mmap", "munmap", "mprotect", "mremap", "brk" as const)
  .chain((name) =>
    fc.record<Made>({ tid, name: fc.constant(name), args: fields[name], result: ends[name] }),
  );

const calls = fc.array(call, { minLength: 1, maxLength: 20 });

const hexOf = (value: number): string =>
  value < 0 ? (2n ** 64n + BigInt(value)).toString(16) : value.toString(16);
const argument = ({ args }: Made, name: string): number => args[name] ?? 0;

const isAnonymous = (made: Made): boolean => argument(made, "flags") % 64 > 31;

/** What a call must be read as. */
function wanted(made: Made): string {
  const { name, tid: pid, result } = made;
  const of = (field: string): number => argument(made, field);
  const end = result < 0 ? errnoName(-result) : `0x${hexOf(result)}`;
  const range = [of(name === "mprotect" ? "start" : "addr"), of("len")];
  switch (name) {
    case "mmap":
      return `${pid} mmap ${range} ${of("prot")} ${of("flags")} ${of("fd") > 9 ? -1 : of("fd")} ${of("off")} ${end}`;
    case "munmap":
      return `${pid} munmap ${range} ${end}`;
    case "mprotect":
      return `${pid} mprotect ${range} ${of("prot")} ${end}`;
    case "mremap": {
      const target = of("flags") > 1 ? of("new_addr") : null;
      return `${pid} mremap ${of("addr")},${of("old_len")} ${of("new_len")} ${of("flags")} ${target} ${end}`;
    }
    case "brk":
      return `${pid} brk ${of("brk")} ${end}`;
  }
}

/** What a call has been read as. */
function found(event: Event): readonly string[] {
  if (event.kind !== "call") return [];
  const { pid, result, error } = event;
  const end = error ?? (result === null ? "-" : `0x${result.toString(16)}`);
  switch (event.call) {
    case "mmap":
      return [
        `${pid} mmap ${event.addr},${event.length} ${event.prot} ${event.flags} ${event.fd} ${event.offset} ${end}`,
      ];
    case "munmap":
      return [`${pid} munmap ${event.addr},${event.length} ${end}`];
    case "mprotect":
      return [`${pid} mprotect ${event.addr},${event.length} ${event.prot} ${end}`];
    case "mremap":
      return [
        `${pid} mremap ${event.addr},${event.length} ${event.newLength} ${event.flags} ${event.newAddr} ${end}`,
      ];
    case "brk":
      return [`${pid} brk ${event.addr} ${end}`];
    default:
      return [event.call];
  }
}

type Printer = (made: Made, second: number) => string;

const seconds = (at: number, digits: number): string => at.toFixed(digits);
const listed = (made: Made, print: (value: number) => string): string =>
  Object.entries(made.args)
    .map(([name, value]) => `${name}: ${print(value)}`)
    .join(", ");
const padded = (value: number): string => `0x${hexOf(value).padStart(8, "0")}`;
const prefixed = (value: number): string => `0x${hexOf(value)}`;
const mixed = (value: number): string => (value < 10 ? String(value) : prefixed(value));

const perf =
  (ids: (tid: number) => string, digits: number): Printer =>
  (made, at) =>
    [
      `a b: c ${ids(made.tid)} [000] ${seconds(at, digits)}: syscalls:sys_enter_${made.name}: ${listed(made, padded)}\n`,
      `a b: c ${ids(made.tid)} [000] ${seconds(at + 0.1, digits)}:  syscalls:sys_exit_${made.name}: 0x${hexOf(made.result)}\n`,
    ].join("");

const tracefs =
  (columns: string, number: (value: number) => string): Printer =>
  (made, at) =>
    [
      `     my-prog-${made.tid} ${columns} ${seconds(at, 6)}: sys_${made.name}(${listed(made, number)})\n`,
      `     my-prog-${made.tid} ${columns} ${seconds(at + 0.1, 6)}: sys_${made.name} -> 0x${hexOf(made.result)}\n`,
    ].join("");

const traceCmd: Printer = (made, at) =>
  [
    `     my-prog-${made.tid} [000] ${seconds(at, 6)}: sys_enter_${made.name}: ${listed(made, padded)}\n`,
    `     my-prog-${made.tid} [000] ${seconds(at + 0.1, 6)}: sys_exit_${made.name}: 0x${hexOf(made.result)}\n`,
  ].join("");

/** How scripts/mmreplay.bt prints each argument: hexadecimal, or decimal. */
const decimals: ReadonlySet<string> = new Set(["len", "old_len", "new_len", "fd"]);

const script: Printer = (made, at) => {
  const args = Object.entries(made.args).map(([name, value]) =>
    decimals.has(name) ? String(value) : hexOf(value),
  );
  const { name, tid: id, result } = made;
  const end = name === "munmap" || name === "mprotect" ? String(result) : hexOf(result);
  const time = at * 1e9;
  return `${time} ${id} ${id} ${name} enter ${args.join(" ")}\n${time + 1} ${id} ${id} ${name} exit ${end}\n`;
};

const asJson: Printer = (made, at) =>
  script(made, at)
    .trimEnd()
    .split("\n")
    .map((data) => `${JSON.stringify({ type: "printf", data: `${data}\n` })}\n`)
    .join("");

const flagText = (value: number, table: typeof mmapFlags, prefix: string): string =>
  flagNames(table, value)
    .map((name) => name.replace(prefix, ""))
    .join("|");

const errorWords: Readonly<Record<number, string>> = {
  1: "EPERM (Operation not permitted)",
  12: "ENOMEM (Cannot allocate memory)",
  22: "EINVAL (Invalid argument)",
};

/** Zeros are left out, and the descriptor of anonymous mappings. */
const traced: Printer = (made, at) => {
  const anonymous = isAnonymous(made);
  const args = Object.entries(made.args).flatMap(([name, value]) => {
    if (value === 0 || (name === "fd" && (anonymous || value > 9))) return [];
    if (name === "prot") return [`prot: ${flagText(value, protFlags, "PROT_")}`];
    if (name === "flags" && made.name === "mmap")
      return [`flags: ${flagText(value, mmapFlags, "MAP_")}`];
    if (name === "flags") return [`flags: ${flagText(value, mremapFlags, "MREMAP_")}`];
    return [`${name}: ${decimals.has(name) ? value : prefixed(value)}`];
  });
  const end = made.result < 0 ? `-1 ${errorWords[-made.result]}` : prefixed(made.result);
  return `${seconds(at * 1000, 3).padStart(10)} ( 0.010 ms): prog/${made.tid} ${made.name}(${args.join(", ")})   = ${end}\n`;
};

const printers: readonly (readonly [string, Format, Printer])[] = [
  ["perf script", perfScript, perf(String, 6)],
  ["perf script --ns -F +pid", perfScript, perf((id) => `${id}/${id}`, 9)],
  ["ftrace of old kernels", ftrace, tracefs("[001] d....", hexOf)],
  ["ftrace of new kernels", ftrace, tracefs("[001] .....", mixed)],
  ["ftrace with process ids", ftrace, tracefs("(  -----) [001] .....", prefixed)],
  ["ftrace without flags", ftrace, tracefs("[001]", prefixed)],
  ["trace-cmd report", ftrace, traceCmd],
  ["the bpftrace script", bpftrace, script],
  ["the bpftrace script with -f json", bpftrace, asJson],
  ["perf trace", perfTrace, traced],
];

/** perf trace cannot tell a descriptor that it leaves out from descriptor 0. */
const tellable = (format: Format, made: Made): boolean =>
  format !== perfTrace || isAnonymous(made) || argument(made, "fd") !== noFile;

describe("calls", () => {
  it.each(printers)("as %s prints them come back", async (_, format, print) => {
    await fc.assert(
      fc.asyncProperty(calls, async (made) => {
        const told = made.filter((one) => tellable(format, one));
        if (told.length === 0) return;
        const text = told.map((one, index) => print(one, index + 1)).join("");
        expect(formats.all.filter(({ sniff }) => sniff(Buffer.from(text)))).toEqual([format]);
        const { events, diagnostics } = await readWith(format, text);
        // What it leaves out of anonymous mappings is no descriptor.
        const asTold = (one: Made): Made =>
          format === perfTrace && one.name === "mmap" && isAnonymous(one)
            ? { ...one, args: { ...one.args, fd: noFile } }
            : one;
        const read = events.flatMap(found).sort();
        expect(read).toEqual(told.map((one) => wanted(asTold(one))).sort());
        expect([...diagnostics.skipped]).toEqual([]);
      }),
    );
  });
});

interface Area {
  readonly pages: number;
  readonly gap: number;
  readonly perms: string;
  readonly offset: number;
  readonly path: string;
}

const areas = fc.array(
  fc.record<Area>({
    pages: fc.integer({ min: 1, max: 2 ** 20 }),
    gap: fc.nat(2 ** 20),
    perms: fc
      .tuple(
        fc.constantFrom("r", "-"),
        fc.constantFrom("w", "-"),
        fc.constantFrom("x", "-"),
        fc.constantFrom("p", "s"),
      )
      .map((letters) => letters.join("")),
    offset: fc.nat(2 ** 20).map((number) => number * page),
    path: fc.constantFrom("", "[heap]", "/a b (deleted)", "/x\\012y", "anon_inode:[vfio-device]"),
  }),
  { minLength: 1, maxLength: 20 },
);

/** Areas with their places, one above the other. */
function placed(list: readonly Area[]): readonly (Area & { start: number; end: number })[] {
  let at = 2 ** 20;
  return list.map((area) => {
    const start = at + area.gap * page;
    at = start + area.pages * page;
    return { ...area, start, end: at };
  });
}

const shown = (event: Event | undefined): unknown[] =>
  event?.kind !== "snapshot"
    ? []
    : event.areas.map(({ start, end, perms, offset, path }) => [start, end, perms, offset, path]);

const hex8 = (value: number): string => value.toString(16).padStart(8, "0");

describe("areas", () => {
  it.each([
    ["maps", ""],
    ["smaps", "Size: 4 kB\nKernelPageSize: 4 kB\nNewKey: x\nVmFlags: rd wr ?? \n"],
  ])("as %s prints them come back", async (_, detail) => {
    await fc.assert(
      fc.asyncProperty(areas, async (list) => {
        const made = placed(list);
        const text = made.map(
          ({ start, end, perms, offset, path }) =>
            `${hex8(start)}-${hex8(end)} ${perms} ${hex8(offset)} 00:00 0 ${path === "" ? "" : `   ${path}`}\n${detail}`,
        );
        const { events, diagnostics } = await readWith(maps, text.join(""));
        expect(diagnostics.warnings.size).toBe(0);
        expect(shown(events[0])).toEqual(
          made.map(({ start, end, perms, offset, path }) => [start, end, perms, offset, path]),
        );
      }),
    );
  });

  it("as pmap -X prints them come back", async () => {
    await fc.assert(
      fc.asyncProperty(areas, async (list) => {
        const made = placed(list);
        const rows = made.map(
          ({ start, perms, pages, offset, path }) =>
            `${hex8(start).padStart(16)} ${perms} ${hex8(offset)}  00:00      0 ${pages * 4}   0 ${path}\n`,
        );
        const head =
          "7:   prog -x\n         Address Perm   Offset Device   Inode  Size   Rss Mapping\n";
        const { events, diagnostics } = await readWith(pmap, head + rows.join(""));
        expect(diagnostics.warnings.size).toBe(0);
        expect(shown(events[0])).toEqual(
          made.map(({ start, end, perms, offset, path }) => [start, end, perms, offset, path]),
        );
      }),
    );
  });
});
