/** How the bytes of a file are taken from its chunks: all of them, or the first. */

import { joined } from "../../trace/varint.ts";

export type Chunks = AsyncIterable<Uint8Array>;

/** All bytes. */
export async function allBytes(chunks: Chunks): Promise<Uint8Array> {
  const taken: Uint8Array[] = [];
  for await (const chunk of chunks) taken.push(chunk);
  return joined(taken);
}

/** Bytes that a format may look at. */
export const headBytes = 65_536;

/** The first bytes, as many as there are up to `wanted` and perhaps more; the rest is not read. */
export async function headOf(chunks: Chunks, wanted: number): Promise<Uint8Array> {
  const taken: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    taken.push(chunk);
    length += chunk.length;
    if (length >= wanted) break;
  }
  return joined(taken);
}
