/** Whether two files hold the same bytes. */

import { Buffer } from "node:buffer";

interface Openable {
  open(): AsyncIterable<Uint8Array>;
}

/** Takes pieces of a stream, however it is cut. */
class Pieces {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** What there is before the next cut; nothing at the end. */
  async head(): Promise<Uint8Array> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) break;
      this.#rest = value;
    }
    return this.#rest;
  }

  take(length: number): void {
    this.#rest = this.#rest.subarray(length);
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

async function equal(one: Pieces, other: Pieces): Promise<boolean> {
  for (;;) {
    const [a, b] = [await one.head(), await other.head()];
    const length = Math.min(a.length, b.length);
    if (length === 0) return a.length === b.length;
    if (Buffer.compare(a.subarray(0, length), b.subarray(0, length)) !== 0) return false;
    one.take(length);
    other.take(length);
  }
}

/** True if both have the same bytes; they are read side by side, no further than they agree. */
export async function isSame(one: Openable, other: Openable): Promise<boolean> {
  const pieces = [new Pieces(one.open()), new Pieces(other.open())] as const;
  try {
    return await equal(...pieces);
  } finally {
    await Promise.all(pieces.map((each) => each.close()));
  }
}
