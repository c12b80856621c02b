/** Where bytes are that have to be read more than once and lie in no file of their own: in memory, or put away. */

import type { Shelf } from "../../trace/block.ts";
import type { Chunks } from "./chunks.ts";

/** Bytes that stay in memory. */
const mostHeld = 2 ** 25;

export class KeptBytes {
  readonly #shelf: Shelf | undefined;
  #held = 0;

  constructor(shelf?: Shelf) {
    this.#shelf = shelf;
  }

  #keep(chunk: Uint8Array): () => Uint8Array {
    this.#held += chunk.length;
    if (this.#shelf === undefined || this.#held <= mostHeld) return () => chunk;
    return this.#shelf(chunk);
  }

  /** Takes all bytes; what is returned gives them, as often as it is asked. */
  async take(chunks: Chunks): Promise<() => AsyncGenerator<Uint8Array>> {
    const pieces: (() => Uint8Array)[] = [];
    for await (const chunk of chunks) pieces.push(this.#keep(chunk));
    return async function* () {
      for (const piece of pieces) yield piece();
    };
  }
}
