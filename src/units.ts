/** Which arithmetic pages and bytes use: whole numbers in doubles, and bigint only where a byte count exceeds 2^53 - 1. */

/** An unsigned 64-bit quantity in bytes: a number up to 2^53 - 1, a bigint above. Equal values are `===`. */
export type U64 = number | bigint;

const two64: bigint = 2n ** 64n;

const narrow = (value: bigint): U64 =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

/** Read an unsigned decimal or `0x` hexadecimal number; undefined if it is none or needs more than 64 bits. */
export function parseU64(text: string): U64 | undefined {
  if (!/^(?:0[xX][0-9a-fA-F]+|[0-9]+)$/.test(text)) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  const wide = BigInt(text);
  return wide < two64 ? narrow(wide) : undefined;
}

/** Read a signed decimal number modulo 2^64; undefined if it is none or needs more than 64 bits. */
export function parseS64(text: string): U64 | undefined {
  if (!/^-?[0-9]+$/.test(text)) return undefined;
  const wide = BigInt(text);
  return wide < -two64 / 2n || wide >= two64 / 2n ? undefined : wrap64(wide);
}

/** Read hexadecimal digits without a prefix; undefined if they are none or need more than 64 bits. */
export function parseHex(digits: string): U64 | undefined {
  return parseU64(`0x${digits}`);
}

/** Print as `0x` hexadecimal. */
export function hex(value: U64): string {
  return `0x${value.toString(16)}`;
}

/** The page that holds a byte address. */
export function pageOf(address: U64, pageBytes: number): number {
  return typeof address === "number"
    ? Math.floor(address / pageBytes)
    : Number(address / BigInt(pageBytes));
}

/** The byte address at which a page starts. */
export function addressOf(page: number, pageBytes: number): U64 {
  const address = page * pageBytes;
  return Number.isSafeInteger(address) ? address : narrow(BigInt(page) * BigInt(pageBytes));
}

/** Pages needed for a length in bytes, rounded up; 2^64 wraps to 0 as `PAGE_ALIGN()` does. */
export function pagesFor(length: U64, pageBytes: number): number {
  if (typeof length === "number") return Math.ceil(length / pageBytes);
  const size = BigInt(pageBytes);
  return Number((((length + size - 1n) % two64) / size) as bigint);
}

/** Bytes past the start of the page that holds the address. */
export function inPage(address: U64, pageBytes: number): number {
  return typeof address === "number"
    ? address - Math.floor(address / pageBytes) * pageBytes
    : Number(address % BigInt(pageBytes));
}

/** A value modulo 2^64, so that a negative errno becomes what the kernel's register held. */
export function wrap64(value: bigint): U64 {
  return narrow(((value % two64) + two64) % two64);
}

/** The errno in a raw result of a system call (-4095 to -1 as unsigned), or undefined. */
export function errnoOf(result: U64): number | undefined {
  return typeof result === "bigint" && result > two64 - 4096n ? Number(two64 - result) : undefined;
}

/** Round down to a multiple of `align`; exact for pages. */
export function alignDown(value: number, align: number): number {
  return Math.floor(value / align) * align;
}

/** Round up to a multiple of `align`; exact for pages. */
export function alignUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}

/** The remainder in [0, align), also of a negative value. */
export function modulo(value: number, align: number): number {
  return value - Math.floor(value / align) * align;
}

/** True if `flag`, one bit below 2^32, is set in `bits`. */
export function hasBit(bits: number, flag: number): boolean {
  return Math.floor(bits / flag) % 2 === 1;
}
