/** Which files a tar archive holds: plain files of ustar and GNU tar, one after the other. */

import { Buffer } from "node:buffer";
import { MmreplayError } from "../../errors.ts";
import { allBytes, type Chunks } from "../text/chunks.ts";
import type { Input } from "../types.ts";

/** A file, whose bytes have to be taken before the next one. */
export interface Member {
  readonly name: string;
  readonly chunks: Chunks;
}

const blockBytes = 512;
const sizeAt = 124;
const checksumAt = 148;
const typeAt = 156;
const prefixAt = 345;

/** Text up to the first NUL. */
function textAt(block: Buffer, start: number, length: number): string {
  const text = block.toString("utf8", start, start + length);
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

function octalAt(block: Buffer, start: number, length: number): number {
  return Number.parseInt(textAt(block, start, length).trim() || "0", 8);
}

/** The sum of a header's bytes with its own field taken as blanks. */
function checksumOf(block: Buffer): number {
  const blanks = 8;
  let sum = blanks * 0x20;
  for (const [index, byte] of block.entries()) {
    if (index < checksumAt || index >= checksumAt + blanks) sum += byte;
  }
  return sum;
}

/** True if these bytes begin with a tar header. */
export function isTar(head: Uint8Array): boolean {
  if (head.length < blockBytes) return false;
  const block = Buffer.from(head.buffer, head.byteOffset, blockBytes);
  return block[0] !== 0 && checksumOf(block) === octalAt(block, checksumAt, 8);
}

/** Bytes that are taken as they are wanted. */
class Bytes {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  /** Bytes taken so far. */
  at = 0;

  constructor(chunks: Chunks) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next so many bytes, in pieces; fewer at the end of all. */
  async *take(wanted: number): AsyncGenerator<Uint8Array> {
    for (let left = wanted; left > 0; ) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#chunks.next();
        if (done === true) return;
        this.#rest = value;
      }
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      this.at += piece.length;
      left -= piece.length;
      yield piece;
    }
  }

  async skipTo(end: number): Promise<void> {
    for await (const _ of this.take(end - this.at));
  }
}

const damaged = (file: string, at: number): MmreplayError =>
  new MmreplayError("input/damaged", `the tar archive is damaged at byte ${at}`, {
    at: { file },
    hint: "copy the file again, it is cut off or damaged",
  });

/** The plain files of an archive, in its order; throws `input/damaged` where a header is not one. */
export async function* readTar(input: Input): AsyncGenerator<Member> {
  const bytes = new Bytes(input.chunks);
  let longName: string | undefined;
  for (;;) {
    const { at } = bytes;
    const block = Buffer.from(await allBytes(bytes.take(blockBytes)));
    if (block.length < blockBytes || block.every((byte) => byte === 0)) return;
    const size = octalAt(block, sizeAt, 12);
    if (!isTar(block)) throw damaged(input.name, at);
    const start = at + blockBytes;
    const type = String.fromCharCode(block[typeAt] ?? 0);
    // GNU tar puts a name of more than 100 characters into a member of its own.
    if (type === "L") {
      const text = Buffer.from(await allBytes(bytes.take(size)));
      longName = textAt(text, 0, size);
    } else {
      const prefix = textAt(block, prefixAt, 155);
      const short = textAt(block, 0, 100);
      const name = longName ?? (prefix === "" ? short : `${prefix}/${short}`);
      if (type === "0" || type === "\0") yield { name, chunks: bytes.take(size) };
      longName = undefined;
    }
    await bytes.skipTo(start + size);
    if (bytes.at < start + size) throw damaged(input.name, at);
    await bytes.skipTo(start + Math.ceil(size / blockBytes) * blockBytes);
  }
}
