/** What becomes of the lines of a text in which each tells of an event. */

import type { Diagnostics } from "../../errors.ts";
import type { Input } from "../types.ts";
import type { LineOptions } from "./lines.ts";
import { readTextLines } from "./text-lines.ts";

/** What a reader has made of a line. The last one of a text that was cut may have lost digits of its last number. */
export type Taken = "taken" | "cut" | "unknown";

/** Send each line to `take`, and count those that it can make nothing of; returns how many there were. */
export function readEventLines(
  input: Input,
  take: (text: string, number: number, whole: boolean) => Taken,
  diagnostics: Diagnostics,
  options: LineOptions = {},
): Promise<number> {
  return readTextLines(
    input,
    (text, number, whole) => {
      const taken = take(text, number, whole);
      if (taken === "cut") {
        diagnostics.warn("parse/cut-line", "the last line has no end and is left out", number);
      } else if (taken === "unknown") {
        diagnostics.warn("parse/unknown-line", "lines that are no event", number);
      }
    },
    diagnostics,
    options,
  );
}

/** Lines that are looked at to tell what a text is. */
const looked = 20;

/** True if most of the first of these lines are events. */
export function areMostly(lines: readonly string[], isEvent: (line: string) => boolean): boolean {
  const first = lines.slice(0, looked);
  const events = first.filter(isEvent).length;
  return events > 0 && events * 2 > first.length;
}
