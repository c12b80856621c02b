import { expect, it } from "vitest";
import { wrapCommand } from "../../src/reports/wrap.ts";

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
