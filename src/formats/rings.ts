/** What the rings of asynchronous I/O map: the kernel does it in io_setup, and the context is the address. */

import type { OpenFile } from "../trace/file.ts";
import { MAP_SHARED, PROT_READ, PROT_WRITE } from "../trace/flags.ts";
import type { U64 } from "../units.ts";
import type { Request } from "./request.ts";

/** As maps name it. */
export const ringFile: OpenFile = { id: -1, kind: "device", path: "/[aio]" };

/** Bytes of struct aio_ring, and of the struct io_event of which it holds two for each that is asked for, and two more. */
const ringHead = 32;
const eventBytes = 32;

/**
 * The mapping that io_setup makes (ioctx_alloc and aio_setup_ring of fs/aio.c, 6.1 to 7.3). A machine gives room for four
 * events per possible CPU at least: for fewer the ring may be longer than this.
 */
export function ringRequest(events: U64): Request {
  const length = ringHead + eventBytes * (2 * Number(events) + 2);
  const prot = PROT_READ + PROT_WRITE;
  return { call: "mmap", addr: 0, length, prot, flags: MAP_SHARED, fd: -1, offset: 0 };
}

/** The rings that there are, whosever they are: bytes by address. */
export class Rings {
  readonly #lengths = new Map<U64, U64>();

  made(address: U64, length: U64): void {
    this.#lengths.set(address, length);
  }

  /** What io_destroy unmaps; undefined of a ring that was there before the recording. */
  unmapped(address: U64): Request | undefined {
    const length = this.#lengths.get(address);
    return length === undefined ? undefined : { call: "munmap", addr: address, length };
  }
}
