/** Which bytes the strings and paths stand for that strace prints. */

const single: ReadonlyMap<string, number> = new Map([
  ["n", 10],
  ["t", 9],
  ["r", 13],
  ["v", 11],
  ["f", 12],
  ["a", 7],
  ["b", 8],
  ["e", 27],
  ['"', 34],
  ["\\", 92],
]);

const escapes = /\\(?:x([0-9a-f]{2})|([0-7]{1,3})|([ntrvfabe"\\]))/g;

/** Latin-1 text, one character a byte, as UTF-8; bytes that are none stay visible as U+FFFD. */
function decode(bytes: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every byte below 128
  return /^[\x00-\x7f]*$/.test(bytes) ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
}

/** The bytes of a text with C escapes, one character a byte. */
export function bytesIn(text: string): string {
  return text.replace(escapes, (_, hex?: string, octal?: string, letter?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) % 256);
    return String.fromCharCode(single.get(letter ?? "") ?? 92);
  });
}

/** Text with C escapes, as UTF-8. */
const unescapeText = (text: string): string => decode(text.includes("\\") ? bytesIn(text) : text);

/** A string in quotes, perhaps cut (`"/usr/lib"...`), without them. */
export function unquote(text: string): string {
  const end = text.lastIndexOf('"');
  return unescapeText(text.slice(1, end > 0 ? end : text.length));
}

/**
 * The name inside of `<...>` after a descriptor. strace 4.8 escapes nothing there: a raw quote, `>` or byte says so.
 */
export function fdName(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: bytes that a newer strace would have escaped
  return /(?:^|[^\\])"|[>\x00-\x1f\x7f-\xff]/.test(text) ? decode(text) : unescapeText(text);
}
