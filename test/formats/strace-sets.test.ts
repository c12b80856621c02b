import { describe, expect, it } from "vitest";
import { Diagnostics, MmreplayError } from "../../src/errors.ts";
import { strace } from "../../src/formats/strace.ts";
import type { Reopened } from "../../src/formats/types.ts";
import type { Event } from "../../src/trace/event.ts";
import { eventText } from "../support/events-text.ts";
import { fileOf, readWith } from "../support/samples.ts";
import { exec, forked, map } from "../support/task-lines.ts";

describe("a set of one file per task", () => {
  const at = (time: string, line: string): string => `1795351507.${time} ${line}\n`;
  const parent =
    at("000100", exec) + at("000200", `${forked} = 11 <0.000300>`) + at("000900", map(2));
  const child = at("000300", map(1));
  const readFiles = async (
    files: Readonly<Record<string, string>>,
  ): Promise<{ events: Event[]; diagnostics: Diagnostics }> => {
    const events: Event[] = [];
    const diagnostics = new Diagnostics();
    const inputs = Object.entries(files).map(([name, text]) => fileOf(text, name, 16));
    await strace.perTask?.read(inputs, (event) => events.push(event), diagnostics);
    return { events, diagnostics };
  };
  const codeOf = async (files: Readonly<Record<string, string>>): Promise<string> => {
    try {
      await readFiles(files);
    } catch (error) {
      return error instanceof MmreplayError ? error.code : "thrown";
    }
    return "accepted";
  };

  it("may have stack frames below its calls", async () => {
    const frame = " > /usr/lib/x86_64-linux-gnu/libc.so.6(mmap+0x17) [0x11de97]\n";
    const { diagnostics } = await readFiles({ "out.11": child + frame, "out.10": parent + frame });
    expect([...diagnostics.warnings.keys()]).not.toContain("parse/foreign-line");
  });

  it("is merged by time", async () => {
    const { events } = await readFiles({ "out.11": child, "out.10": parent });
    expect(events.map(eventText).map((text) => text.replace(/mmap\(.*\)/, "mmap"))).toEqual([
      "1 10 * exec /bin/a",
      "2 10 * fork child=11",
      "3 11 mmap = 0x7f0000001000",
      "4 10 mmap = 0x7f0000002000",
    ]);
  });

  it("ends a task once, though wait4 began before the end that it returns", async () => {
    const at = (tenths: number): string => `1795351398.${tenths}00000`;
    const { events } = await readFiles({
      "out.10": `${at(0)} ${exec} <0.1>\n${at(2)} ${forked} = 11 <0.1>\n${at(5)} wait4(-1, NULL, 0, NULL) = 11 <0.5>\n`,
      "out.11": `${at(3)} ${map(1)} <0.01>\n${at(4)} exit_group(0) = ?\n${at(6)} +++ exited with 0 +++\n`,
    });
    const ends = events.map(eventText).filter((text) => text.endsWith("* exit"));
    expect(ends).toEqual(["6 11 * exit"]);
  });

  it("ends calls when their durations say", async () => {
    const thread = "clone(child_stack=0x7f00, flags=CLONE_VM|CLONE_THREAD) = 11 <0.000010>";
    const { events } = await readFiles({
      "o.10":
        at("000100", exec) +
        at("000200", thread) +
        at("000300", "munmap(0x7f0000001000, 4096) = 0 <0.000500>"),
      "o.11": at("000400", `${map(1)} <0.000020>`),
    });
    // The munmap began first and ended last: what the mmap got, it had freed.
    expect(events.map((event) => event.line)).toEqual([1, 2, 3, 4]);
    expect(events.map((event) => event.time).slice(2)).toEqual([1795351507.0008, 1795351507.00042]);
  });

  it("is told from one strace's log by calls that begin before another ends, but for rounding", async () => {
    const thread = "clone(child_stack=0x7f00, flags=CLONE_VM|CLONE_THREAD) = 11 <0.000010>";
    const linesOf = async (began: string): Promise<readonly number[]> => {
      const lines = [
        at("000100", exec),
        at("000200", thread),
        at("000300", "brk(NULL) = 0x5000 <0.000100>"),
        at(began, "brk(NULL) = 0x5000 <0.000010>"),
        at("000500", `${map(1)} <0.000010>`),
        at("000502", "munmap(0x7f0000001000, 4096) = 0 <0.000020>"),
      ];
      const tasks = [10, 10, 10, 11, 10, 11];
      const text = lines.map((line, index) => `${tasks[index]} ${line}`).join("");
      const { events } = await readWith(strace, text);
      return events.map(({ line }) => line);
    };
    expect(await linesOf("000397")).toEqual([1, 2, 3, 4, 5, 6]);
    // Nobody can name what another call is about to get: it was there before.
    expect(await linesOf("000350")).toEqual([1, 2, 3, 4, 6, 5]);
  });

  it("has only the files open at a time whose tasks live", async () => {
    let open = 0;
    let most = 0;
    const one = (tid: number, second: number): Reopened => {
      const line = `${1795351507 + second}.000000 ${map(tid % 7)}\n`;
      const text = line.repeat(1000);
      return {
        name: `out.${tid}`,
        open: async function* (bytes = 0) {
          open += 1;
          most = Math.max(most, open);
          try {
            for (let at = 0; at < text.length; at += bytes)
              yield Buffer.from(text.slice(at, at + bytes));
          } finally {
            open -= 1;
          }
        },
      };
    };
    const files = Array.from({ length: 50 }, (_, index) => one(10 + index, index));
    const result = await strace.perTask?.read(files, () => undefined, new Diagnostics());
    expect(result?.lines).toBe(50_000);
    expect(open).toBe(0);
    expect(most).toBeLessThanOrEqual(2);
  });

  it("is read whole though a file of it is empty", async () => {
    const { events } = await readFiles({ "out.9": "", "out.10": parent, "out.11": child });
    expect(events.length).toBe(4);
  });

  it("says whose file is missing", async () => {
    const { diagnostics } = await readFiles({ "out.10": parent });
    expect(diagnostics.warnings.get("parse/missing-member")).toMatchObject({
      count: 1,
      lines: [2],
    });
  });

  it("needs times, names and each task once", async () => {
    expect(await codeOf({ "out.10": `${exec}\n` })).toBe("parse/set-without-times");
    expect(await codeOf({ "out.10": `     0.000100 ${exec}\n` })).toBe("parse/set-without-times");
    expect(await codeOf({ out: parent })).toBe("parse/set-member");
    expect(await codeOf({ "a.10": parent, "b.10": parent })).toBe("parse/set-member");
  });
});
