/** Texts that came through a log, a pager or a web page: the recording inside is read, by the lines of the file. */

import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { foldingOf } from "../../src/formats/bundle/folded.ts";
import { wrappingOf } from "../../src/formats/bundle/wrapped.ts";
import { bundle } from "../../src/formats/bundle.ts";
import { eventText } from "../support/events-text.ts";

interface Outcome {
  readonly events: readonly string[];
  readonly warnings: readonly string[];
}

/** One file, in chunks that cut its lines. */
async function read(text: string): Promise<Outcome> {
  const bytes = Buffer.from(text);
  async function* open(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
  }
  const diagnostics = new Diagnostics();
  const sources = { path: "a.txt", folder: false, sources: [{ name: "a.txt", open }] };
  const traces = await bundle(sources, diagnostics);
  return {
    events: traces.flatMap(({ events }) => [...events].map(eventText)),
    warnings: [...diagnostics.warnings.values()].map(({ code, message }) => `${code}: ${message}`),
  };
}

const log = [
  '4711 10:00:00.000001 execve("/bin/a", ["a"], 0x7ffe /* 9 vars */) = 0',
  "4711 10:00:00.000002 brk(NULL) = 0x55d0c0a00000",
  "4711 10:00:00.000003 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>",
  "4711 10:00:00.000004 <... mmap resumed>) = 0x7f0000001000",
  "4711 10:00:00.000005 munmap(0x7f0000001000, 8192) = 0",
  "4711 10:00:00.000006 +++ exited with 0 +++",
];

const inside = [
  "1 4711 * exec /bin/a",
  "2 4711 brk(0x0) = 0x55d0c0a00000",
  "3.4 4711 mmap(0x0, 8192, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000001000",
  "5 4711 munmap(0x7f0000001000, 8192) = 0x0",
  "6 4711 * exit",
];

const under =
  (prefix: string) =>
  (line: string): string =>
    `${prefix}${line}`;

const html = (line: string): string =>
  line
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

const ways: readonly (readonly [string, (line: string, index: number) => string, string])[] = [
  ["cat -n", (line, index) => `     ${index + 1}\t${line}`, "line numbers"],
  ["grep -n", (line, index) => `${index + 40}:${line}`, "line numbers"],
  ["a list", (line, index) => `${index + 1}. ${line}`, "line numbers"],
  ["a walk through a log", (line, index) => `${index + 1} - ${line}`, "line numbers"],
  ["less -N", (line, index) => `${String(index + 9).padStart(7)} ${line}`, "line numbers"],
  ["journalctl", under("Nov 27 10:00:00 box strace[77]: "), "the journal"],
  ["journalctl -o short-iso", under("2026-11-27T10:00:00+0100 box strace[77]: "), "the journal"],
  ["kubectl logs", under("2026-11-27T10:00:00.000000001Z stderr F "), "a container's log"],
  ["docker logs -t", under("2026-11-27T10:00:00.000000001Z "), "dates"],
  ["docker compose logs", under("web-1  | "), "the names of containers"],
  ["kubectl logs --prefix", under("[pod/a-77/a] "), "the names of containers"],
  ["logcat", under("11-27 10:00:00.123  4711  4711 I wrap.sh : "), "logcat"],
  ["logcat -v time", under("11-27 10:00:00.123 I/wrap.sh ( 4711): "), "logcat"],
  ["dmesg", under("[   12.345678] "), "the kernel's log"],
  ["Jenkins", under("[2026-11-27T10:00:00.000Z] "), "dates"],
  ["a mail that quotes twice", under("> > "), "quotes of a mail"],
  ["a mail that quotes without blanks", under(">>"), "quotes of a mail"],
  ["a patch", under("+"), "a patch"],
  ["grep -r", under("logs/a.txt:"), "the list of grep"],
  ["grep -rn", (line, index) => `logs/a.txt:${index + 7}:${line}`, "the list of grep"],
  [
    "a json-file log",
    (log) => JSON.stringify({ log: `${log}\n`, stream: "stderr", time: "2026-11-27T10:00:00Z" }),
    "the JSON of a container's log",
  ],
  ["the source of a web page", html, "the entities of a web page"],
];

describe("a recording inside of other lines", () => {
  it.each(ways)("is read out of %s", async (_, wrap, what) => {
    const { events, warnings } = await read(`${log.map(wrap).join("\n")}\n`);
    expect(events).toEqual(inside);
    expect(warnings).toEqual([`parse/wrapped-lines: a.txt: lines are taken out of ${what}`]);
  });

  it("has its tasks in the names of files, if grep has looked through those of strace -ff", async () => {
    const lines = log.map((line) => line.replace("4711 ", "out.4711:"));
    expect((await read(`${lines.join("\n")}\n`)).events).toEqual(inside);
  });

  it("has the entities of a web page where no call is unfinished either", async () => {
    const { events } = await read(
      html(log.filter((line) => !/resumed|unfin/.test(line)).join("\n")),
    );
    expect(events[0]).toBe("1 4711 * exec /bin/a");
  });

  it("may have lines of the log itself among its own", async () => {
    const lines = log.map(under("11-27 10:00:00.123  4711  4711 I wrap.sh : "));
    const { events } = await read(["--------- beginning of main", ...lines, ""].join("\n"));
    const moved = inside.map((line) =>
      line.replace(/\d+(?=[. ])/g, (n) => (Number(n) < 9 ? `${Number(n) + 1}` : n)),
    );
    expect(events).toEqual(["1 - ! parse/foreign-line", ...moved]);
  });

  it("may be of any recorder", async () => {
    const lines = [
      "a-10  [000] ..... 1.1: sys_brk(brk: 0)",
      "a-10  [000] ..... 1.2: sys_brk -> 0x5000",
      "a-10  [000] ..... 1.3: sys_exit_group(error_code: 0)",
    ];
    const { events } = await read(lines.map(under("[   12.345678]     ")).join("\n"));
    expect(events).toContain("1.2 10 brk(0x0) = 0x5000");
  });

  it("may be of any recorder, broken at a width", async () => {
    const enter =
      "addr: 0x00000000, len: 0x00002000, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000";
    const perf = [1, 2, 3, 4].flatMap((at) => [
      `             zoo 7 [000]  ${at}.100000: syscalls:sys_enter_mmap: ${enter}`,
      `             zoo 7 [000]  ${at}.200000:  syscalls:sys_exit_mmap: 0x7f${at}000002000`,
    ]);
    const trace = [1, 2, 3, 4].map(
      (at) =>
        `     ${at}.033 ( 0.034 ms): zoo/7 mmap(len: 8192, prot: READ|WRITE, flags: PRIVATE|ANONYMOUS) = 0x7f${at}000002000`,
    );
    const broken = (lines: readonly string[]): string =>
      lines.map((line) => `${line.replace(/.{80}/g, "$&\n").trimEnd()}\n`).join("");
    const call = (at: number): string =>
      ` 7 mmap(0x0, 8192, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f${at}000002000`;
    const { events, warnings } = await read(broken(perf));
    expect(events).toEqual([1, 2, 3, 4].map((at) => `${at * 4 - 1}.${at * 4}${call(at)}`));
    expect(warnings.length).toBe(1);
    expect((await read(broken(trace))).events).toEqual(
      [1, 2, 3, 4].map((at) => `${at * 2}${call(at)}`),
    );
  });

  it("is not looked for in what no format reads inside either", async () => {
    const lines = ["we saw nothing", "and then", "more of it"].map(under("web-1  | "));
    await expect(read(lines.join("\n"))).rejects.toMatchObject({ code: "parse/unknown-format" });
  });

  it("is not seen in tasks whose numbers follow one another for a while", () => {
    const lines = log.map((line, index) => line.replace("4711", String(4711 + Math.min(index, 2))));
    expect(wrappingOf(Buffer.from(`${lines.join("\n")}\n`), false)).toBeUndefined();
  });

  it("is not seen in a few tasks that follow one another either", async () => {
    const call = "mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000";
    const tasks = (count: number): string =>
      Array.from({ length: count }, (_, index) => `${4711 + index} ${call}\n`).join("");
    const { events } = await read(tasks(6));
    expect(events.filter((event) => / 4716 mmap/.test(event))).toHaveLength(1);
    expect(wrappingOf(Buffer.from(tasks(60)), true)?.what).toBe("line numbers");
  });
});

describe("lines that were broken at a width", () => {
  const broken = (lines: readonly string[], limit: RegExp): string =>
    lines.map((line) => `${line.match(limit)?.join("\n") ?? ""}\n`).join("");
  const long = [
    ...log.slice(0, 3),
    ...[1, 2, 3, 4].map(
      (page) =>
        `4712 10:00:00.000003 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f000001${page}000 <0.000005>`,
    ),
    ...log.slice(3),
  ];
  const calls = (events: readonly string[]): readonly string[] =>
    events.filter((event) => /\) = /.test(event)).map((event) => event.replace(/^\S+ /, ""));

  it.each([
    ["by a terminal", /.{1,80}/g, "at 80 columns"],
    ["by a narrow terminal, within numbers", /.{1,97}/g, "at 97 columns"],
    ["by a mail program", /\S.{0,71}(?= |$)/g, "between words"],
  ])("%s are put together", async (_, limit, how) => {
    const whole = await read(`${long.join("\n")}\n`);
    const { events, warnings } = await read(broken(long, limit));
    expect(calls(events)).toEqual(calls(whole.events));
    expect(warnings).toContain(
      `parse/wrapped-lines: a.txt: lines are put together that were broken ${how}`,
    );
  });

  it("may be quoted too", async () => {
    const text = broken(long, /\S.{0,71}(?= |$)/g)
      .replace(/^/gm, "> ")
      .slice(0, -2);
    expect(calls((await read(text)).events)).toHaveLength(7);
  });

  it("are not taken for those that a program printed among those of strace", () => {
    const noisy = long.flatMap((line, index) => [line, `line ${index} of what a program says`]);
    expect(foldingOf(Buffer.from(`${noisy.join("\n")}\n`))).toBeUndefined();
    expect(foldingOf(Buffer.from(`${long.join("\n")}\n`))).toBeUndefined();
  });

  it("are not taken for those that notices have cut", () => {
    const cut = [11, 12, 13, 14].flatMap((tid) => [
      `[pid 10] clone3({flags=CLONE_VM|CLONE_FS, exit_signal=0, stack=0x7f0000000000, stack_size=0x7fff00}strace: Process ${tid} attached`,
      ` => {parent_tid=[${tid}]}, 88) = ${tid}`,
      `[pid 10] write(1, "${"a".repeat(tid * 2)}", 100) = 100`,
    ]);
    expect(foldingOf(Buffer.from(`${cut.join("\n")}\n`))).toBeUndefined();
  });
});
