/** Which arguments a call was printed with. */

import { parseU64 } from "../../units.ts";

const comma = 44;
const quote = 34;
const backslash = 92;

/** What closes a bracket that the text may open, and blanks or commas inside of which do not count. */
const closers: ReadonlyMap<number, number> = new Map([
  [40, 41],
  [91, 93],
  [123, 125],
  [60, 62],
]);

/** The index behind a string that begins at `from`, or the end of the text. */
function afterString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text.charCodeAt(at) !== quote) {
    at += text.charCodeAt(at) === backslash ? 2 : 1;
  }
  return at + 1;
}

/** The index behind the bracket that closes the one at `from`, or the end of the text. */
function afterBracket(text: string, from: number): number {
  const open = text.charCodeAt(from);
  const close = closers.get(open) ?? 0;
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quote && open !== 60) {
      at = afterString(text, at);
      continue;
    }
    if (code === open) depth += 1;
    else if (code === close) depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
  return at;
}

/** `-> ` and `=> ` inside of structures, `<<` of flags: an angle bracket that opens nothing. */
const opensAngle = (text: string, at: number): boolean =>
  text.charCodeAt(at + 1) !== 60 && text.charCodeAt(at - 1) !== 60 && at > 0;

/** Arguments from `from` on, and where the parenthesis that closes them stands (-1 if none does). */
export function splitArgs(text: string, from: number): { args: string[]; close: number } {
  const args: string[] = [];
  let start = from;
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 41) {
      if (at > start || args.length > 0) args.push(text.slice(start, at).trim());
      return { args, close: at };
    }
    if (code === quote) at = afterString(text, at);
    else if (code === 60 ? opensAngle(text, at) : closers.has(code)) at = afterBracket(text, at);
    else if (code === comma) {
      args.push(text.slice(start, at).trim());
      at += 1;
      start = at;
    } else at += 1;
  }
  args.push(text.slice(start).trim());
  return { args, close: -1 };
}

const named = /^([a-z_]+)=/;

/** Bring `name=value` arguments (-N) into the order of `names` and drop the names. */
export function inOrder(args: readonly string[], names: readonly string[]): readonly string[] {
  if (!args.some((arg) => named.test(arg))) return args;
  const sorted: string[] = [];
  args.forEach((arg, index) => {
    const name = named.exec(arg)?.[1];
    const at = name === undefined ? -1 : names.indexOf(name);
    sorted[at < 0 ? index : at] = name === undefined ? arg : arg.slice(name.length + 1);
  });
  return Array.from(sorted, (arg) => arg ?? "");
}

/** A 32-bit signed number, such as a descriptor; `0xffffffff` is -1. */
export function intOf(arg: string): number | undefined {
  const digits = /^-?(?:0x[0-9a-f]+|[0-9]+)/.exec(arg)?.[0];
  if (digits === undefined) return undefined;
  const value = parseU64(digits.startsWith("-") ? digits.slice(1) : digits);
  if (value === undefined) return undefined;
  const low = Number(BigInt.asIntN(32, BigInt(value)));
  return digits.startsWith("-") ? -low : low;
}
