import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Diagnostics, MmreplayError } from "../../src/errors.ts";
import { LineSplitter } from "../../src/formats/text/lines.ts";

interface Line {
  readonly text: string;
  readonly number: number;
  readonly whole: boolean;
}

function split(
  chunks: readonly Uint8Array[],
  mayBeLong?: (bytes: Uint8Array, start: number, end: number) => boolean,
): { lines: Line[]; diagnostics: Diagnostics } {
  const lines: Line[] = [];
  const diagnostics = new Diagnostics();
  const sink = (
    b: Uint8Array,
    start: number,
    end: number,
    number: number,
    whole: boolean,
  ): void => {
    lines.push({ text: Buffer.from(b.subarray(start, end)).toString("latin1"), number, whole });
  };
  const options = mayBeLong === undefined ? {} : { mayBeLong };
  const splitter = new LineSplitter("x", sink, diagnostics, options);
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return { lines, diagnostics };
}

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");
const texts = (text: string): string[] => split([bytes(text)]).lines.map((line) => line.text);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof MmreplayError) return error.code;
    throw error;
  }
  return "accepted";
}

describe("LineSplitter", () => {
  it("takes CR LF for one end, also where the first 64 KiB end between them", () => {
    const first = "x".repeat(65_535);
    expect(texts(`${first}\r\ny\r\n`)).toEqual([first, "y"]);
  });

  it("numbers lines and tells whether the last one is whole", () => {
    expect(split([bytes("a\n\nb")]).lines).toEqual([
      { text: "a", number: 1, whole: true },
      { text: "", number: 2, whole: true },
      { text: "b", number: 3, whole: false },
    ]);
    expect(split([bytes("a\n")]).lines).toHaveLength(1);
    expect(split([]).lines).toEqual([]);
  });

  it("leaves nothing of longer lines behind the end of a line", () => {
    const text = Buffer.from(`${"x".repeat(70_000)}\nlonger line\nshort\r\nlast`);
    for (let cut = 70_000; cut < text.length; cut++) {
      const behind: (number | undefined)[] = [];
      const splitter = new LineSplitter(
        "x",
        (line, _, end) => behind.push(line[end]),
        new Diagnostics(),
      );
      splitter.push(text.subarray(0, cut));
      for (const byte of text.subarray(cut)) splitter.push(Uint8Array.of(byte));
      splitter.end();
      expect(behind).toEqual([10, 10, 13, 10]);
    }
  });

  it("takes CR LF and CR alone as line ends", () => {
    expect(texts("a\r\nb\r\n")).toEqual(["a", "b"]);
    expect(texts("a\rb\rc")).toEqual(["a", "b", "c"]);
  });

  it("keeps a CR inside a line of a text that has LF", () => {
    expect(texts("10%\r20%\rdone\nb\n")).toEqual(["10%\r20%\rdone", "b"]);
  });

  it("drops a UTF-8 mark", () => {
    expect(texts("\xef\xbb\xbfa\n")).toEqual(["a"]);
  });

  it("refuses what is no plain text by name", () => {
    expect(codeOf(() => texts("\xff\xfea\0\n\0"))).toBe("parse/encoding");
    expect(codeOf(() => texts("a\0b\0c\0d\0\n\0"))).toBe("parse/encoding");
    expect(codeOf(() => texts("\x1f\x8b\x08\0"))).toBe("parse/compressed");
    expect(codeOf(() => texts("\xfd7zXZ\0\0"))).toBe("parse/compressed");
    expect(codeOf(() => texts("\x28\xb5\x2f\xfd"))).toBe("parse/compressed");
    expect(codeOf(() => texts("PERFILE2h"))).toBe("parse/perf-data");
    expect(codeOf(() => texts("\x17\x08Dtracing6"))).toBe("parse/trace-dat");
  });

  it("counts lines with NUL or bad UTF-8, and delivers them", () => {
    const { lines, diagnostics } = split([bytes("ok\na\0b\n\xc3\xa9\n\xff\n")]);
    expect(lines.map((line) => line.text)).toEqual(["ok", "a\0b", "\xc3\xa9", "\xff"]);
    expect(diagnostics.warnings.get("parse/bad-bytes")).toMatchObject({ count: 2, lines: [2, 4] });
  });

  it("gives the same lines, or the same refusal, wherever the chunks are cut", () => {
    const linesOf = (chunks: readonly Uint8Array[]): unknown => {
      try {
        return split(chunks).lines;
      } catch (error) {
        return error instanceof MmreplayError ? error.code : error;
      }
    };
    const text = fc.string({ unit: fc.constantFrom("a", "\r", "\n", "\0", "\xe9") });
    fc.assert(
      fc.property(text, fc.array(fc.nat(6)), (body, cuts) => {
        const all = bytes(body);
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) {
          chunks.push(all.subarray(at, at + cut));
          at = Math.min(all.length, at + cut);
        }
        chunks.push(all.subarray(at));
        expect(linesOf(chunks)).toEqual(linesOf([all]));
      }),
      { examples: [["a\0a\0a\0a\0", [3, 1]]] },
    );
  });

  it("gives the same lines for cuts after the first 64 KiB", () => {
    const all = bytes(`${"first line\n".repeat(7000)}${"x".repeat(300)}\nend`);
    const whole = split([all]).lines;
    for (let cut = 65_530; cut < 65_560; cut++) {
      expect(split([all.subarray(0, cut), all.subarray(cut)]).lines).toEqual(whole);
    }
    expect(whole).toHaveLength(7002);
  });

  it("stops at 10 MiB without a line end", () => {
    const chunk = bytes("x".repeat(1024 * 1024));
    let pushed = 0;
    const endless = function* (): Generator<Uint8Array> {
      for (; pushed < 1000; pushed++) yield chunk;
    };
    const splitter = new LineSplitter("x", () => {}, new Diagnostics());
    expect(
      codeOf(() => {
        for (const part of endless()) splitter.push(part);
      }),
    ).toBe("parse/no-line-end");
    expect(pushed).toBeLessThan(11);
  });

  it("drops the rest of a line that may be long", () => {
    const long = bytes("x".repeat(11 * 1024 * 1024));
    const { lines } = split([bytes("a\nwrite("), long, bytes("yy\nb\n")], () => true);
    expect(lines.map(({ text, number, whole }) => [text.length, number, whole])).toEqual([
      [1, 1, true],
      [10 * 1024 * 1024, 2, false],
      [1, 3, true],
    ]);
  });
});
