import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { viewOf } from "../../src/formats/text/view.ts";
import { same, stands, wide } from "../../src/formats/text/wide.ts";

const ascii = fc.string({ unit: fc.constantFrom("a", "b", ":", " "), minLength: 8, maxLength: 40 });
const around = fc.string({ unit: fc.constantFrom("a", "b", "\u{1f600}"), maxLength: 20 });

describe("words compared eight bytes at once", () => {
  it("stand where all their bytes do, and nowhere behind the end of a text", () => {
    fc.assert(
      fc.property(ascii, around, around, (word, before, after) => {
        const text = Buffer.from(`${before}${word}${after}`);
        for (let at = 0; at <= text.length; at++) {
          const expected = text.toString("latin1", at, at + word.length) === word;
          expect(stands(viewOf(text), at, wide(word))).toBe(expected);
        }
      }),
    );
  });

  it("do not stand where any one of their bytes is another", () => {
    fc.assert(
      fc.property(ascii, fc.nat(), fc.integer({ min: 1, max: 255 }), (word, place, byte) => {
        const text = Buffer.from(word);
        const at = place % text.length;
        fc.pre(text[at] !== byte);
        text[at] = byte;
        expect(stands(viewOf(text), 0, wide(word))).toBe(false);
        expect(
          same(viewOf(Buffer.concat([Buffer.from(word), text])), 0, word.length, word.length),
        ).toBe(false);
      }),
    );
  });

  it("are the same as those before only if all their bytes are, and lie within the text", () => {
    const twice = Buffer.from("    node 11/11 [000] 1.0    node 11/11 [000] 1.0");
    const view = viewOf(twice);
    expect(same(view, 0, 24, 24)).toBe(true);
    expect(same(view, 0, 24, 25)).toBe(false);
    expect(same(view, 0, 25, 20)).toBe(false);
    expect(same(view, 0, 24, 7)).toBe(false);
  });
});
