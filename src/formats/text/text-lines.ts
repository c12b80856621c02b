/** Which lines a text has, as strings, for formats that are not read byte by byte. */

import { Buffer } from "node:buffer";
import type { Diagnostics } from "../../errors.ts";
import type { Input } from "../types.ts";
import { type LineOptions, readLines } from "./lines.ts";

/** Send each line to the sink; `whole` is false for a last line without a line end. Returns how many there were. */
export function readTextLines(
  input: Input,
  sink: (text: string, number: number, whole: boolean) => void,
  diagnostics: Diagnostics,
  options: LineOptions = {},
): Promise<number> {
  return readLines(
    input,
    (bytes, start, end, number, whole) => {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      sink(text.toString("utf8", start, end), number, whole);
    },
    diagnostics,
    options,
  );
}
