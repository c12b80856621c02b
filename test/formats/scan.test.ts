import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Scanner } from "../../src/formats/text/scan.ts";
import { short, standsShort } from "../../src/formats/text/short.ts";
import { viewOf } from "../../src/formats/text/view.ts";

const hexDigit = fc.constantFrom(..."0123456789abcdef");
const digits = fc.string({ unit: hexDigit, minLength: 0, maxLength: 15 });
const behind = fc.string({ unit: fc.constantFrom(..."`gG/:@A_ ,)\n\u00e9"), maxLength: 5 });

function scanned(text: Uint8Array): { value: number; at: number } {
  const scan = new Scanner();
  scan.start(Buffer.concat([text, Buffer.from("\n")]), 0);
  return { value: scan.hexDigits(), at: scan.at };
}

describe("numbers read from bytes", () => {
  it("are those of all hexadecimal digits that stand there, up to thirteen", () => {
    fc.assert(
      fc.property(digits, behind, (text, after) => {
        const { value, at } = scanned(Buffer.from(`${text}${after}`));
        if (text.length === 0 || text.length > 13) expect(value).toBe(-1);
        else expect({ value, at }).toEqual({ value: Number(`0x${text}`), at: text.length });
      }),
    );
  });

  it("end at any byte that is no digit", () => {
    const twelve = fc.string({ unit: hexDigit, minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(twelve, fc.nat({ max: 11 }), fc.nat({ max: 255 }), (text, place, byte) => {
        const bytes = Buffer.from(text);
        bytes[place] = byte;
        const expected = /^[0-9a-f]*/.exec(bytes.toString("latin1"))?.[0] ?? "";
        const { value } = scanned(bytes);
        expect(value).toBe(expected === "" ? -1 : Number(`0x${expected}`));
      }),
    );
  });
});

describe("short words", () => {
  it.each(["brk", "mmap", "munmap", "madvise", "mprotect"])(
    "%s stands where its bytes do",
    (word) => {
      const text = Buffer.from(
        `${word}(0) m${word}, ${word.slice(1)} ${word.slice(0, -1)}x ${word}`,
      );
      const places = [...text.keys()].filter((at) => standsShort(viewOf(text), at, short(word)));
      const last = word.length < 4 ? [] : [text.length - word.length];
      expect(places).toEqual([0, word.length + 5, ...last]);
    },
  );
});
