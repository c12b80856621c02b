/** Which ranges an ioctl of userfaultfd sets apart, and which it gives back. */

import type { Problem } from "../checks.ts";
import type { Parsed } from "./memory.ts";
import { numberAt } from "./number.ts";

const registers =
  /^ioctl\((\d+)(?:<.*?>)?, UFFDIO_REGISTER, \{range=\{start=(\w+), len=(\w+)\}, mode=([\w|]+)/;
const unregisters = /^ioctl\(\d+(?:<.*?>)?, UFFDIO_UNREGISTER, \{start=(\w+), len=(\w+)\}/;

/** True for the calls that `readWatch` reads. */
export const changesWatches = (text: string): boolean =>
  registers.test(text) || unregisters.test(text);

/** `ioctl(3<anon_inode:[userfaultfd]>, UFFDIO_REGISTER, {range={start=0x7f6ca5942000, len=0x14000}, mode=...`. */
export function readWatch(text: string): Parsed | Problem | undefined {
  const [, fd, from, size, mode] = registers.exec(text) ?? [];
  const [, start = from, length = size] = unregisters.exec(text) ?? [];
  const addr = start === undefined ? undefined : numberAt(start, 0, start.length);
  const bytes = length === undefined ? undefined : numberAt(length, 0, length.length);
  if (addr === undefined || bytes === undefined) return undefined;
  const watch = fd === undefined ? null : `${fd} ${mode}`;
  const request = { call: "userfaultfd", addr, length: bytes, watch } as const;
  return { request, unknown: [], fdText: "" };
}
