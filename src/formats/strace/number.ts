/** Which number stands in a piece of text: read in place, since there are several on every line. */

import { parseU64, type U64 } from "../../units.ts";

/** So many digits fit into a double without loss. */
const safeHex = 13;
const safeDecimal = 15;

function hexAt(text: string, start: number, end: number): number | undefined {
  let value = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) value = value * 16 + code - 48;
    else if (code >= 97 && code <= 102) value = value * 16 + code - 87;
    else return undefined;
  }
  return value;
}

function decimalAt(text: string, start: number, end: number): number | undefined {
  let value = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return undefined;
    value = value * 10 + code - 48;
  }
  return value;
}

/** The unsigned number that `text[start, end)` is, decimal or `0x`; undefined if it is none or exceeds 64 bits. */
export function numberAt(text: string, start: number, end: number): U64 | undefined {
  const length = end - start;
  if (length === 0) return undefined;
  const isHex = text.charCodeAt(start) === 48 && text.charCodeAt(start + 1) === 120 && length > 1;
  const fast = isHex
    ? length > 2 && length <= safeHex + 2
      ? hexAt(text, start + 2, end)
      : undefined
    : length <= safeDecimal
      ? decimalAt(text, start, end)
      : undefined;
  return fast ?? parseU64(text.slice(start, end));
}
