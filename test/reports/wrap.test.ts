import { expect, it } from "vitest";
import { wrap, wrapCommand } from "../../src/reports/wrap.ts";

it("shows four lines of a command, of a longer one three and that there is more", () => {
  const words = (count: number): string => Array.from({ length: count }, () => "abcd").join(" ");
  const wrapping = { width: 12, indent: "  " };
  expect(wrapCommand(words(8), wrapping)).toEqual(Array(4).fill("  abcd abcd"));
  expect(wrapCommand(words(9), wrapping)).toEqual([...Array(3).fill("  abcd abcd"), "  ..."]);
});

it("cuts the words of a command that are longer than forty characters", () => {
  const [line = ""] = wrapCommand("x".repeat(41), { width: 80 });
  expect(line).toBe(`${"x".repeat(37)}...`);
});

it("breaks words that are longer than a line only where that is asked for", () => {
  const wrapping = { width: 8, indent: " ", hanging: "  " };
  const text = "ab 0123456789abcdefghi z";
  expect(wrap(text, wrapping)).toEqual([" ab", "  0123456789abcdefghi", "  z"]);
  const broken = [" ab 0123", "  456789", "  abcdef", "  ghi z"];
  expect(wrap(text, { ...wrapping, anywhere: true })).toEqual(broken);
  expect(wrap("0123456789", { ...wrapping, anywhere: true })).toEqual([" 0123456", "  789"]);
  expect(wrap("abcdef 0123456789", { ...wrapping, anywhere: true })).toEqual([
    " abcdef",
    "  012345",
    "  6789",
  ]);
});
